// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.rindex;

import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.engine.spi.StopSwitch;
import dev.leasehold.lease.AcquireException;
import dev.leasehold.lease.AcquireTerms;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.LeaseDisk;
import dev.leasehold.lease.OwnerWait;
import dev.leasehold.lease.PaxosLease;
import dev.leasehold.lease.PendingRelease;
import dev.leasehold.lease.ReleaseTerms;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.ResourceIndex;
import java.util.List;

/**
 * The private lease of an index while an operation has it. It belongs to no holder: nobody is
 * killed for it if the lockspace fails, the operation just ends with its next write.
 */
final class IndexLease implements AutoCloseable {
  private final PaxosLease lease;
  private final IndexOperation operation;

  private IndexLease(PaxosLease lease, IndexOperation operation) {
    this.lease = lease;
    this.operation = operation;
  }

  /**
   * Takes the lease, without waiting for an owner that may be dead.
   *
   * @throws LeaseException the faults of an acquisition; ENOSPC if our host lease has run out
   */
  static IndexLease take(
      IndexFile file,
      Geometry geometry,
      MemberLockspace member,
      EnginePorts ports,
      IndexOperation op)
      throws LeaseException {
    LeaseDisk disk = new LeaseDisk(file.store(), file.place().offset() + geometry.alignSize());
    PaxosLease lease =
        new PaxosLease(ResourceIndex.LEASE_NAME, List.of(disk), geometry, member.environment());
    try {
      lease.acquire(
          AcquireTerms.of(HoldMode.EXCLUSIVE).withoutWaiting(),
          new StopSwitch(ports.clock(), ports.tasks()),
          OwnerWait.Listener.SILENT);
    } catch (AcquireException e) {
      e.retract().ifPresent(op::pending);
      throw e;
    }
    IndexLease taken = new IndexLease(lease, op);
    try {
      member.ensureValid();
    } catch (LeaseException e) {
      taken.close();
      throw e;
    }
    return taken;
  }

  /** Gives it back; what does not succeed at once is left to the operation's afterlife. */
  @Override
  public void close() {
    PendingRelease release = lease.release(ReleaseTerms.PLAIN);
    operation.pending(release);
    release.attempt();
  }
}
