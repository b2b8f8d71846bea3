// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;

/** How a renewal ended (docs/spec/algorithms.md 2.3). */
public sealed interface RenewalResult {

  /**
   * The new timestamp is on the disk.
   *
   * @param hold the new state
   * @param readMillis how long the read took, the first wait of an extended read included
   * @param writeMillis how long the write took
   * @param late whether our lease had already run out (8N) when this renewal read the disk. The
   *     record was still our own, and telling others that we live keeps them away while holders are
   *     being stopped, but the lockspace is lost all the same
   */
  record Renewed(DeltaHold hold, long readMillis, long writeMillis, boolean late)
      implements RenewalResult {}

  /**
   * Not renewed; try again soon. Whether a write took effect is not known.
   *
   * @param cause AIO_TIMEOUT or another I/O error
   */
  record Failed(LeaseException cause) implements RenewalResult {
    /** Whether a transfer missed its deadline, for the renewal history (4.7). */
    public boolean timedOut() {
      return cause.code() == ErrorCode.AIO_TIMEOUT;
    }
  }

  /**
   * Our record was overwritten: the lockspace is lost at once, without waiting for 8N. Nothing was
   * written.
   *
   * @param cause RENEW_OWNER, RENEW_DIFF, or LEADER_MAGIC, _VERSION, _SECTORSIZE, _LOCKSPACE,
   *     _CHECKSUM
   */
  record Corrupt(LeaseException cause) implements RenewalResult {}

  /**
   * Our lease ran out (8N) between the read and the write, that is in a pause of this process.
   * Nothing was written: the host id may be another host's by now. The lockspace is lost.
   */
  record Expired() implements RenewalResult {}
}
