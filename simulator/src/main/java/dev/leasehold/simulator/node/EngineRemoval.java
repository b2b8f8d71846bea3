// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.node;

import dev.leasehold.engine.Lease;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LeaseSession;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.LeaseRemoval;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.StorageException;
import java.util.List;

/** A cleanup's hold on one lease of the real engine: the same steps, around the same removal. */
final class EngineRemoval implements Node.Removal {

  private final LeaseRemoval removal;
  private final ResourceLocation where;
  private final long hostId;
  private final LeaseSession session;
  private final Lease lease;

  private EngineRemoval(
      LeaseRemoval removal,
      ResourceLocation where,
      long hostId,
      LeaseSession session,
      Lease lease) {
    this.removal = removal;
    this.where = where;
    this.hostId = hostId;
    this.session = session;
    this.lease = lease;
  }

  static EngineRemoval claim(
      LeaseManager manager, ResourceLocation where, long hostId, LeaseRemoval removal)
      throws LeaseException {
    LeaseSession session = manager.session(HolderLabel.command("cleanup"));
    boolean held = false;
    try {
      List<LeaseRequest> wanted = List.of(LeaseRequest.of(where, HoldMode.EXCLUSIVE));
      Lease lease = session.acquire(wanted, AcquireOptions.DEFAULT.withoutWaiting()).getFirst();
      held = true;
      return new EngineRemoval(removal, where, hostId, session, lease);
    } finally {
      if (!held) {
        session.close();
      }
    }
  }

  @Override
  public Grant grant() {
    return new Grant(where.id().resource().toString(), false, lease.lver());
  }

  @Override
  public void remove() throws NodeException {
    String path = where.disks().getFirst().path();
    try {
      removal.remove(path, where.id().resource(), hostId, lease::ensureValid);
    } catch (LeaseException e) {
      throw EngineNode.refused(e);
    } catch (StorageException e) {
      throw EngineNode.refused(e.toLeaseException());
    }
  }

  @Override
  public void drop() {
    try {
      lease.release();
    } catch (LeaseException e) {
      // Cleared: there is nothing to release. Anything else goes on in the background.
    } finally {
      session.close();
    }
  }
}
