// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.AcquireRequest;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.HeldLease;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.spi.LockspaceDirectory;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.ondisk.LeaseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The leases that this very process holds for itself, for programs that embed the engine; see
 * {@link LeaseManager#session}. Thread-safe; one command at a time, a second one is refused with
 * EBUSY.
 */
public final class LeaseSession implements AutoCloseable {

  private final LeaseManager manager;
  private final LockspaceDirectory lockspaces;
  private final HolderId holder;

  LeaseSession(LeaseManager manager, LockspaceDirectory lockspaces, HolderId holder) {
    this.manager = manager;
    this.lockspaces = lockspaces;
    this.holder = holder;
  }

  /** The registration behind it. */
  public HolderId holder() {
    return holder;
  }

  /**
   * Acquires one lease.
   *
   * @throws LeaseException as {@link #acquire(List, AcquireOptions)}
   */
  public Lease acquire(LeaseRequest request) throws LeaseException {
    return acquire(List.of(request), AcquireOptions.DEFAULT).getFirst();
  }

  /**
   * Acquires all of these leases or none. When it returns they are on disk in our name.
   *
   * @return in request order
   * @throws LeaseRefusedException with the culprit where one is known
   * @throws LeaseException ENOSPC if a lockspace is not joined or was lost
   */
  public List<Lease> acquire(List<LeaseRequest> requests, AcquireOptions options)
      throws LeaseException {
    Map<ResourceId, MemberLockspace> members = new LinkedHashMap<>();
    for (LeaseRequest request : requests) {
      ResourceId id = request.where().id();
      members.put(id, lockspaces.usable(id.lockspace()));
    }
    return switch (manager.acquire(holder, new AcquireRequest(requests, options))) {
      case AcquireResult.Granted granted -> leases(granted.leases(), members);
      case AcquireResult.Refused refused -> throw new LeaseRefusedException(refused.refusal());
    };
  }

  private List<Lease> leases(List<HeldLease> granted, Map<ResourceId, MemberLockspace> members)
      throws LeaseException {
    List<Lease> leases = new ArrayList<>();
    for (HeldLease held : granted) {
      // Looked up before the acquire: a lockspace that was lost and joined again meanwhile is
      // another one, and this one says so.
      MemberLockspace member = lockspaceOf(held, members);
      leases.add(new Lease(manager, holder, member, held));
    }
    for (Lease lease : leases) {
      lease.ensureValid();
    }
    return leases;
  }

  private MemberLockspace lockspaceOf(HeldLease held, Map<ResourceId, MemberLockspace> members)
      throws LeaseException {
    MemberLockspace before = members.get(held.where().id());
    return before == null ? lockspaces.usable(held.where().id().lockspace()) : before;
  }

  /**
   * Releases every lease of this session.
   *
   * @throws LeaseException of the last one that was not released cleanly; it is given up all the
   *     same
   */
  public void releaseAll() throws LeaseException {
    manager.releaseAll(holder);
  }

  /** Ends the session; what it still holds is released in the background. Idempotent. */
  @Override
  public void close() {
    manager.unregister(holder);
  }
}
