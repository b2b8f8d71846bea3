// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

/** How {@link Lockspaces#setEvent} is meant (docs/spec/algorithms.md 4.5). */
public enum HostEventFlag {
  /** Fill a generation of 0 from what is known of the host. */
  CURRENT_GENERATION,
  /** Do not tell that host any more; event and data are not looked at. */
  CLEAR_HOST,
  /** Tell no event any more. */
  CLEAR_EVENT,
  /** Replace an event that is still being told. */
  REPLACE,
  /** Tell all hosts. */
  ALL_HOSTS
}
