// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

/**
 * An event that a host sends with its renewals (docs/spec/ondisk.md 5.6). It shares the write_*
 * fields of the delta leader.
 *
 * @param generation the generation of the host it is meant for
 * @param event what is told; 0 means that there is no event
 * @param data more about it
 */
public record HostEvent(long generation, long event, long data) {
  /** No event. */
  public static final HostEvent NONE = new HostEvent(0, 0, 0);

  /** Whether there is nothing to tell: the event code is 0. */
  public boolean isNone() {
    return event == 0;
  }
}
