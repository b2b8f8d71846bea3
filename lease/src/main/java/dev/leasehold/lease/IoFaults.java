// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;

/** Tells faults of the storage from faults of what is on it. */
final class IoFaults {
  // sanlock's own codes begin at -201; above are errno values (docs/spec/algorithms.md A).
  private static final int FIRST_OWN_CODE = -200;

  private IoFaults() {}

  /** Whether a transfer failed or timed out, so that the same step may succeed another time. */
  static boolean isIo(LeaseException fault) {
    return switch (fault.code()) {
      case AIO_TIMEOUT, DBLOCK_READ, DBLOCK_WRITE, LEADER_READ, LEADER_WRITE -> true;
      default -> fault.code() != ErrorCode.OK && fault.code().number() > FIRST_OWN_CODE;
    };
  }
}
