// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

/** What is known of a host (docs/spec/algorithms.md 4.4). */
public enum HostState {
  /** Its timestamp was never seen changing, for less than 8 of its io timeouts. */
  UNKNOWN(1),
  /** Its record says that it left. */
  FREE(2),
  /** Its timestamp changed within 8 of its io timeouts, or it is this host. */
  LIVE(3),
  /** No sign of life for more than 8 of its io timeouts; its leases may not be taken yet. */
  FAIL(4),
  /** Provably gone: its leases may be taken. */
  DEAD(5);

  private final int number;

  HostState(int number) {
    this.number = number;
  }

  /** As in the flags of sanlock's get_hosts. */
  public int number() {
    return number;
  }
}
