// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.lease.PaxosRelease.LeaderPart;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.ModeBlock;
import java.util.Optional;

/**
 * Ends an acquisition or conversion that failed: takes back what would let others make us the owner
 * (docs/spec/algorithms.md 3.6) and tells the caller of the first fault.
 */
final class Undo {
  private final DiskSet disks;
  private final LeaseEnvironment env;

  Undo(DiskSet disks, LeaseEnvironment env) {
    this.disks = disks;
    this.env = env;
  }

  /** Nothing has to be taken back. */
  AcquireException nothing(LeaseException cause) {
    return new AcquireException(cause, leaderOf(cause), Optional.empty());
  }

  /**
   * The core failed.
   *
   * @param mode what our sector is to say beside the dblock
   */
  AcquireException core(LeaseException cause, Footprint footprint, ModeBlock mode) {
    return footprint.needsRetract()
        ? with(
            cause,
            PaxosRelease.of(
                disks, env, footprint.own(), mode, new LeaderPart.Retract(), ReleaseTerms.PLAIN))
        : nothing(cause);
  }

  /** What came after the core failed: makes one attempt of {@code release}. */
  AcquireException with(LeaseException cause, PaxosRelease release) {
    if (cause instanceof NotValidException) {
      return nothing(cause);
    }
    PendingRelease retract = new PendingRelease(release, settled -> {});
    retract.attempt();
    return new AcquireException(
        cause, leaderOf(cause), retract.settled() ? Optional.empty() : Optional.of(retract));
  }

  private static Optional<LeaderRecord> leaderOf(LeaseException cause) {
    return cause instanceof AcquireException refused ? refused.leader() : Optional.empty();
  }
}
