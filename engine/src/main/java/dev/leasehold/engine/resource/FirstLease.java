// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.BornHeld;
import dev.leasehold.lease.Clock;
import dev.leasehold.lease.LeaseOwners;
import dev.leasehold.lease.PaxosHold;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Publication;
import dev.leasehold.storage.Storage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Opens a lease, and makes its file if it is missing and that is wanted: complete, and already held
 * by us, so that the creation is the acquisition (docs/design.md, "Cheap leases"). Never touches a
 * file that exists.
 */
final class FirstLease {
  private static final Duration POLL = Duration.ofMillis(250);

  private final EngineContext context;
  private final LeaseOpener opener;
  private final NumHosts numHosts;
  private final Storage storage;
  private final Clock clock;

  FirstLease(EngineContext context, EnginePorts ports, LeaseOpener opener) {
    this.context = context;
    this.opener = opener;
    this.numHosts = new NumHosts(opener);
    this.storage = ports.storage();
    this.clock = ports.clock();
  }

  /**
   * An open lease.
   *
   * @param born what is held if the file was made by this call
   */
  record Opened(OpenLease open, Optional<PaxosHold> born) {}

  /**
   * Opens or makes it.
   *
   * @throws StartAfresh somebody else made the file at the same moment
   * @throws LeaseException open errno; AIO_TIMEOUT also if it is not known whether the file was
   *     made (then {@link Entry#latePublication} is set); LEADER_NUMHOSTS; I/O
   */
  Opened open(Entry entry, LeaseRequest request, Waiting wait) throws LeaseException, StartAfresh {
    try {
      return new Opened(opener.open(entry.where, entry.member), Optional.empty());
    } catch (LeaseException e) {
      if (e.code() != ErrorCode.ENOENT || request.create().isEmpty()) {
        throw e;
      }
      return make(entry, request, request.create().get(), wait);
    }
  }

  private Opened make(Entry entry, LeaseRequest request, CreatePolicy policy, Waiting wait)
      throws LeaseException, StartAfresh {
    requireNoVersion(request);
    MemberLockspace member = entry.member;
    Geometry geometry = policy.geometry().orElse(member.geometry());
    BornHeld born =
        BornHeld.of(
            request.mode(),
            entry.id().lockspace(),
            entry.id().resource(),
            geometry,
            numHosts.choose(policy, geometry, member),
            member.member(),
            Math.max(1, clock.monotonicSeconds()));
    NewFile file =
        new NewFile(
            geometry.alignSize(), born.pieces(), policy.permissions(), policy.uid(), policy.gid());
    String path = entry.where.disks().getFirst().path();
    member.ensureValid();
    return switch (storage.publish(path, file, patience(member))) {
      case Publication.Created created -> {
        OpenLease open = LeaseOpener.lease(entry.where, member, List.of(created.store()));
        open.lease().adopt(born.hold());
        yield new Opened(open, Optional.of(born.hold()));
      }
      case Publication.NameTaken _ ->
          throw new StartAfresh(
              new LeaseException(
                  ErrorCode.EAGAIN, path + " is made and removed again and again by others"));
      case Publication.Failed failed -> throw failed.error().toLeaseException();
      case Publication.Unknown _ -> {
        expectLate(entry, Optional.of(born));
        OpenLease open = awaitAppearance(entry, path, wait);
        // Whoever made it: the ordinary acquisition finds out who owns it.
        expectLate(entry, Optional.empty());
        yield new Opened(open, Optional.empty());
      }
    };
  }

  /** A lease that was never acquired has version 0, and 0 is no condition. */
  private static void requireNoVersion(LeaseRequest request) throws LeaseException {
    long wanted = request.wantLver().orElse(0);
    if (wanted != 0) {
      throw new LeaseException(
          ErrorCode.ACQUIRE_LVER,
          request.where().disks().getFirst().path()
              + ": the lease does not exist yet, version "
              + Long.toUnsignedString(wanted)
              + " was expected");
    }
  }

  private static Duration patience(MemberLockspace member) {
    return member.timing().renewal();
  }

  private void expectLate(Entry entry, Optional<BornHeld> born) {
    synchronized (context.lock) {
      entry.latePublication = born;
    }
  }

  /** It is not known whether the file got its name; nothing may be assumed but what can be read. */
  private OpenLease awaitAppearance(Entry entry, String path, Waiting wait) throws LeaseException {
    long end = clock.bootNanos() + patience(entry.member).toNanos();
    while (clock.bootNanos() < end && wait.sleep(POLL)) {
      Optional<OpenLease> open = tryOpen(entry);
      if (open.isPresent()) {
        return open.get();
      }
    }
    throw new LeaseException(
        ErrorCode.AIO_TIMEOUT,
        path
            + ": the storage did not answer in time when the lease file was made, and the file has"
            + " not appeared; whether it still will is not known. Check the storage and try again");
  }

  private Optional<OpenLease> tryOpen(Entry entry) {
    try {
      return Optional.of(opener.open(entry.where, entry.member));
    } catch (LeaseException e) {
      return Optional.empty();
    }
  }

  /** What a later look at a file that may have been published late found. */
  sealed interface Late {
    /** The file is not there. */
    record Missing() implements Late {}

    /** It cannot be told. */
    record Unreadable() implements Late {}

    /** It is there, and not ours to release: somebody else's, or acquired since. */
    record Others() implements Late {}

    /** It is there, as we published it. */
    record Ours(OpenLease open) implements Late {}
  }

  /** Looks whether a publication took effect after all. */
  Late lookFor(Entry entry, BornHeld born) {
    Duration timeout = entry.member.timing().io();
    DiskLocation disk = entry.where.disks().getFirst();
    try (BlockStore store = opener.openDisk(disk, false, timeout)) {
      LeaseOwners owners =
          LeaseOwners.read(
              new dev.leasehold.lease.LeaseDisk(store, disk.offset()),
              entry.id().lockspace(),
              entry.id().resource(),
              Optional.of(born.hold().geometry()),
              timeout);
      if (!isOurs(owners, born, entry.member)) {
        return new Late.Others();
      }
      OpenLease open = opener.open(entry.where, entry.member);
      open.lease().adopt(born.hold());
      return new Late.Ours(open);
    } catch (LeaseException e) {
      return e.code() == ErrorCode.ENOENT ? new Late.Missing() : new Late.Unreadable();
    }
  }

  private static boolean isOurs(LeaseOwners owners, BornHeld born, MemberLockspace member) {
    return switch (born.hold().mode()) {
      case EXCLUSIVE -> owners.leader().equals(born.hold().leader());
      // Others may have shared it since; our own mode block stays until we clear it.
      case SHARED ->
          owners.sharers().stream()
              .anyMatch(
                  sharer ->
                      sharer.hostId() == member.hostId()
                          && sharer.generation() == member.member().generation());
    };
  }
}
