// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.disk;

/**
 * What the storage will do with a transfer.
 *
 * @param completeAfter nanoseconds from issue to completion; {@link #HELD} if it hangs until the
 *     storage lets go of it
 * @param effectAfter nanoseconds from issue until it takes effect, at most {@code completeAfter}
 * @param errno 0, or the error with which it completes
 * @param effective whether a write changes the disk (a failed one may)
 */
record Fate(long completeAfter, long effectAfter, int errno, boolean effective) {

  static final long HELD = Long.MAX_VALUE;
  static final int EIO = 5;

  static Fate done(long after, long effectAfter) {
    return new Fate(after, Math.min(after, effectAfter), 0, true);
  }

  static Fate failed(long after, boolean effective) {
    return new Fate(after, after, EIO, effective);
  }

  static Fate held() {
    return new Fate(HELD, HELD, 0, true);
  }
}
