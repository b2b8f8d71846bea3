// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;

/**
 * Refuses a write that comes too late after what it is based on was read or written: this process
 * was paused in between, and the disk may have changed (safety rule 4 of docs/design.md).
 *
 * @param latest bootNanos from which on nothing may be written any more
 */
record Deadline(Clock clock, long latest) implements ValidityCheck {

  /** The deadline has passed; nothing was written. */
  static final class Passed extends LeaseException {
    private static final long serialVersionUID = 1L;

    Passed(long lateNanos) {
      super(
          ErrorCode.AIO_TIMEOUT,
          "nothing was written because this process was paused too long ("
              + lateNanos / 1_000_000
              + " ms too late)");
    }
  }

  @Override
  public void ensureValid() throws LeaseException {
    long late = clock.bootNanos() - latest;
    if (late >= 0) {
      throw new Passed(late);
    }
  }
}
