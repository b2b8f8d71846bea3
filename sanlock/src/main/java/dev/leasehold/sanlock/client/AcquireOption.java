// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.sanlock.wire.Flags;

/** How an acquire command goes about it. */
public enum AcquireOption {
  /** With lock value blocks. */
  LVB(Flags.ACQUIRE_LVB),
  /** Adopt orphans where there are some. */
  ORPHAN(Flags.ACQUIRE_ORPHAN),
  /** Adopt orphans and acquire nothing. */
  ORPHAN_ONLY(Flags.ACQUIRE_ORPHAN_ONLY),
  /** Do not wait until an owner is certainly dead. */
  OWNER_NOWAIT(Flags.OWNER_NOWAIT);

  private final int bit;

  AcquireOption(int bit) {
    this.bit = bit;
  }

  int bit() {
    return bit;
  }
}
