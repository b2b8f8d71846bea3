// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;

/**
 * Ballot numbers, which no two hosts share: number modulo max_hosts tells the host
 * (docs/spec/algorithms.md 3.1). Unsigned.
 */
final class BallotNumber {
  private BallotNumber() {}

  /**
   * The lowest number of a host that is above every number seen.
   *
   * @param highest the largest mbal seen, 0 if none
   * @param maxHosts of the leader record; not below {@code hostId}
   * @throws LeaseException DBLOCK_MBAL if there is none left, which only a damaged dblock can cause
   */
  static long above(long highest, long maxHosts, long hostId) throws LeaseException {
    if (highest == 0) {
      return hostId;
    }
    long next = highest - Long.remainderUnsigned(highest, maxHosts) + maxHosts + hostId;
    if (Long.compareUnsigned(next, highest) <= 0) {
      throw new LeaseException(
          ErrorCode.DBLOCK_MBAL,
          "a dblock claims ballot number "
              + Long.toUnsignedString(highest)
              + ", and there is none above it");
    }
    return next;
  }

  /** The number of the next try: one step above our own, and above every number seen. */
  static long retry(long own, long highest, long maxHosts, long hostId) throws LeaseException {
    long step = own + maxHosts;
    long above = above(highest, maxHosts, hostId);
    return Long.compareUnsigned(step, above) > 0 ? step : above;
  }
}
