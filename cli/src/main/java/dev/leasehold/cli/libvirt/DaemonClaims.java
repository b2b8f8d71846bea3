// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.libvirt;

import dev.leasehold.libvirt.cleanup.Claims;
import dev.leasehold.libvirt.cleanup.EngineClaims;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.client.AcquireOption;
import dev.leasehold.sanlock.client.LeasePlace;
import dev.leasehold.sanlock.client.LeaseWish;
import dev.leasehold.sanlock.client.LockspaceCommands;
import dev.leasehold.sanlock.client.RegisteredProcess;
import dev.leasehold.sanlock.client.ResourceRef;
import dev.leasehold.sanlock.client.SanlockClient;
import dev.leasehold.sanlock.client.SanlockException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Claims through the daemon of this host, Leasehold's or sanlock's, over the sanlock socket. If the
 * lockspace is lost meanwhile, the daemon ends this process.
 */
final class DaemonClaims implements Claims {
  private static final int CONNECT_TRIES = 200;
  private static final long CONNECT_PAUSE_NANOS = 10_000_000;

  private final String directory;
  private final long hostId;
  private final BlockingQueue<RegisteredProcess> holders;

  private DaemonClaims(String directory, long hostId, BlockingQueue<RegisteredProcess> holders) {
    this.directory = directory;
    this.hostId = hostId;
    this.holders = holders;
  }

  /** Where the daemon of this host listens. */
  static SanlockClient client(LeaseholdConfig config) {
    if (System.getenv("SANLOCK_RUN_DIR") != null) {
      return SanlockClient.of(System.getenv());
    }
    return SanlockClient.at(Path.of(config.sanlockSocket().orElse("/run/sanlock/sanlock.sock")));
  }

  /**
   * The host id with which the daemon has joined the lockspace of this directory; empty if there is
   * no daemon, or it has not.
   */
  static OptionalLong joined(SanlockClient client, String directory) {
    try {
      for (LockspaceCommands.Listed listed : client.lockspaces().list()) {
        boolean ours =
            listed.lockspace().name().equals(Name.of(LeaseholdConfig.LOCKSPACE))
                && isSame(listed.lockspace().place().path(), directory);
        if (ours && !listed.adding() && !listed.removing()) {
          return OptionalLong.of(listed.lockspace().hostId());
        }
      }
      return OptionalLong.empty();
    } catch (IOException | SanlockException e) {
      return OptionalLong.empty();
    }
  }

  private static boolean isSame(String path, String directory) {
    Path ours = Path.of(directory, LeaseholdConfig.LOCKSPACE);
    try {
      return path.equals(ours.toString()) || Files.isSameFile(Path.of(path), ours);
    } catch (IOException e) {
      return false;
    }
  }

  /** Registers this process so many times, for as many leases at once. */
  static DaemonClaims open(SanlockClient client, String directory, long hostId, int width)
      throws IOException {
    BlockingQueue<RegisteredProcess> holders = new ArrayBlockingQueue<>(width);
    DaemonClaims claims = new DaemonClaims(directory, hostId, holders);
    for (int i = 0; i < width; i++) {
      try {
        holders.add(register(client));
      } catch (IOException e) {
        claims.close();
        throw e;
      }
    }
    return claims;
  }

  /** The C daemon lets five connections wait, and refuses more for a moment (EAGAIN). */
  private static RegisteredProcess register(SanlockClient client) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        return client.register();
      } catch (IOException e) {
        if (tries == CONNECT_TRIES) {
          throw e;
        }
        LockSupport.parkNanos(CONNECT_PAUSE_NANOS);
      }
    }
  }

  @Override
  public Claim take(String leaseName) {
    RegisteredProcess holder;
    try {
      holder = holders.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Failed("interrupted");
    }
    ResourceRef resource =
        ResourceRef.of(
            LeaseholdConfig.LOCKSPACE, leaseName, LeasePlace.of(directory + "/" + leaseName));
    try {
      holder.acquire(
          List.of(LeaseWish.exclusive(resource)),
          Set.of(AcquireOption.OWNER_NOWAIT),
          EngineClaims.HOLDER);
      return new Held(hostId, new DaemonHold(holder, resource));
    } catch (SanlockException e) {
      holders.add(holder);
      Optional<ErrorCode> code = e.code();
      if (code.isEmpty()) {
        return new Failed(String.valueOf(e.getMessage()));
      }
      boolean here = code.get() == ErrorCode.EEXIST || code.get() == ErrorCode.EAGAIN;
      return EngineClaims.refused(code.get(), here ? "held on this host" : code.get().sentence());
    } catch (IOException e) {
      holders.add(holder);
      return new Failed("the daemon does not answer: " + e.getMessage());
    }
  }

  private final class DaemonHold implements Hold {
    private final RegisteredProcess holder;
    private final ResourceRef resource;

    DaemonHold(RegisteredProcess holder, ResourceRef resource) {
      this.holder = holder;
      this.resource = resource;
    }

    /** Asked of the daemon: it would not name a lease that is lost. */
    @Override
    public void ensureValid() throws LeaseException {
      try {
        if (holder.inquire().isEmpty()) {
          throw new LeaseException(ErrorCode.ENOENT, "the daemon has taken the lease away");
        }
      } catch (IOException | SanlockException e) {
        throw new LeaseException(ErrorCode.EIO, "the daemon does not answer: " + e.getMessage(), e);
      }
    }

    @Override
    public void drop() {
      try {
        holder.release(List.of(resource));
      } catch (SanlockException | IOException e) {
        // Cleared: there is nothing to release.
      } finally {
        holders.add(holder);
      }
    }
  }

  @Override
  public void close() {
    holders.forEach(RegisteredProcess::close);
  }
}
