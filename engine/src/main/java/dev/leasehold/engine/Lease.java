// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.resource.HeldLease;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.util.List;

/** One lease of a {@link LeaseSession}. Thread-safe. */
public final class Lease {

  private final LeaseManager manager;
  private final HolderId holder;
  private final MemberLockspace lockspace;
  private volatile HeldLease held;
  private volatile boolean released;

  Lease(LeaseManager manager, HolderId holder, MemberLockspace lockspace, HeldLease held) {
    this.manager = manager;
    this.holder = holder;
    this.lockspace = lockspace;
    this.held = held;
  }

  /** What it is on. */
  public ResourceId resource() {
    return held.where().id();
  }

  /** How it is held now. */
  public HoldMode mode() {
    return held.mode();
  }

  /**
   * Its version: higher than that of every exclusive owner before this one, so it is good as a
   * fencing token. That holds of the versions that owners were given; the leader record on the disk
   * may for a moment show an older one, when a slow host writes it late (docs/spec/algorithms.md
   * 3.5). Of shared leases it says nothing.
   */
  public long lver() {
    return held.lver();
  }

  /**
   * Checks that it was not released and that our host lease is still good, by the clock that counts
   * suspended time: after any pause of this process this tells the truth before anything else does.
   * No I/O; cheap enough for every step. The step itself must be short against the time that {@link
   * LeaseListener#atRisk} gives.
   *
   * @throws LeaseException ENOSPC (-28) lost; ENOENT (-2) released
   */
  public void ensureValid() throws LeaseException {
    if (released) {
      throw new LeaseException(ErrorCode.ENOENT, "the lease on " + resource() + " was released");
    }
    lockspace.ensureValid();
  }

  /**
   * Changes its mode; on failure it keeps the one it has.
   *
   * @throws LeaseException EALREADY it has that mode; EAGAIN other sharers; others of the
   *     acquisition
   */
  public void convert(HoldMode mode) throws LeaseException {
    held = manager.convert(holder, resource(), mode, /* ownerNowait= */ false);
  }

  /**
   * Releases it. It is given up whatever the result.
   *
   * @throws LeaseException AIO_TIMEOUT (-202): will be completed in the background; others of the
   *     release
   */
  public void release() throws LeaseException {
    released = true;
    manager.release(holder, List.of(resource()));
  }
}
