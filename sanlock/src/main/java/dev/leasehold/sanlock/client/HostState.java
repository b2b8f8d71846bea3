// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

/** What the daemon knows of a host. */
public enum HostState {
  /** Its timestamp was never seen changing. */
  UNKNOWN,
  /** It has left. */
  FREE,
  /** It renews its lease. */
  LIVE,
  /** It has not renewed its lease for a while. */
  FAIL,
  /** It is certainly gone. */
  DEAD;

  private static final int MASK = 0xF;

  static HostState of(int flags) {
    int number = flags & MASK;
    return number >= 1 && number <= values().length ? values()[number - 1] : UNKNOWN;
  }
}
