// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.sanlock.wire.Flags;

/** How an event is meant. */
public enum EventOption {
  /** Fill a generation of 0 with the one last seen of that host. */
  CURRENT_GENERATION(Flags.EVENT_CUR_GENERATION),
  /** Tell that host no more. */
  CLEAR_HOST(Flags.EVENT_CLEAR_HOSTID),
  /** Tell no event any more. */
  CLEAR_EVENT(Flags.EVENT_CLEAR_EVENT),
  /** Replace one that is still being told. */
  REPLACE(Flags.EVENT_REPLACE),
  /** Tell all hosts. */
  ALL_HOSTS(Flags.EVENT_ALL_HOSTS);

  private final int bit;

  EventOption(int bit) {
    this.bit = bit;
  }

  int bit() {
    return bit;
  }
}
