// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.cleanup;

import dev.leasehold.engine.Lease;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LeaseSession;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Claims of an engine in this process, which has joined the lockspace. A session runs one command
 * at a time, so there are as many as there may be commands.
 */
public final class EngineClaims implements Claims {
  /** What a cleanup calls itself, as the holder of a lease that it is about to remove. */
  public static final String HOLDER = "leasehold cleanup";

  private final LeaseManager manager;
  private final String directory;
  private final BlockingQueue<LeaseSession> sessions;

  /**
   * @param manager has joined {@link LeaseholdConfig#LOCKSPACE}
   * @param directory the lease directory, absolute
   * @param width how many leases are taken side by side
   * @throws LeaseException if this process cannot be registered
   */
  public EngineClaims(LeaseManager manager, String directory, int width) throws LeaseException {
    this.manager = manager;
    this.directory = directory;
    this.sessions = new ArrayBlockingQueue<>(width);
    for (int i = 0; i < width; i++) {
      sessions.add(manager.session(HolderLabel.command(HOLDER)));
    }
  }

  @Override
  public Claim take(String leaseName) {
    LeaseSession session;
    try {
      session = sessions.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Failed("interrupted");
    }
    try {
      ResourceLocation where =
          ResourceLocation.of(
              ResourceId.of(LeaseholdConfig.LOCKSPACE, leaseName),
              DiskLocation.of(directory + "/" + leaseName));
      LeaseRequest request = LeaseRequest.of(where, HoldMode.EXCLUSIVE);
      Lease lease =
          session.acquire(List.of(request), AcquireOptions.DEFAULT.withoutWaiting()).getFirst();
      return new Held(hostId(), new EngineHold(lease, session));
    } catch (LeaseException e) {
      sessions.add(session);
      return refused(e.code(), e.detail());
    }
  }

  /** What a refusal with this code means. */
  public static Claim refused(ErrorCode code, String words) {
    if (code.isInUse()) {
      return new InUse(words);
    }
    return code == ErrorCode.ENOENT ? new Gone() : new Failed(words + " (" + code + ")");
  }

  private long hostId() throws LeaseException {
    return manager
        .lockspace(Name.of(LeaseholdConfig.LOCKSPACE))
        .map(LockspaceView::spec)
        .orElseThrow(() -> new LeaseException(ErrorCode.ENOSPC, "the lockspace was lost"))
        .hostId();
  }

  private final class EngineHold implements Hold {
    private final Lease lease;
    private final LeaseSession session;

    EngineHold(Lease lease, LeaseSession session) {
      this.lease = lease;
      this.session = session;
    }

    @Override
    public void ensureValid() throws LeaseException {
      lease.ensureValid();
    }

    @Override
    public void drop() {
      try {
        lease.release();
      } catch (LeaseException e) {
        // Cleared: there is nothing to release. Anything else goes on in the background.
      } finally {
        sessions.add(session);
      }
    }
  }

  @Override
  public void close() {
    sessions.forEach(LeaseSession::close);
  }
}
