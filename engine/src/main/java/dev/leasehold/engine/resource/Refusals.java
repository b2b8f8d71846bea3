// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.lease.AcquireException;
import dev.leasehold.lease.LeaseOwners;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Says of a refused acquisition who stands in the way. Thread-safe. */
final class Refusals {
  private final EngineContext context;
  private final Culprits culprits;

  Refusals(EngineContext context, Culprits culprits) {
    this.context = context;
    this.culprits = culprits;
  }

  /** Why the lease was refused, and because of whom if that is asked; its disks are still open. */
  Taken.Failed refused(Entry entry, AcquireException e, boolean explained, Waiting wait) {
    Optional<Waiting.Reason> calledOff =
        e.code() == ErrorCode.EPERM ? wait.reason() : Optional.empty();
    if (calledOff.isPresent()) {
      LeaseException why = new LeaseException(calledOff.get().code, calledOff.get().words, e);
      return new Taken.Failed(
          why, explained ? culprit(entry, wait.lastLeader(entry)) : Optional.empty(), true);
    }
    if (!explained) {
      return new Taken.Failed(e, Optional.empty(), false);
    }
    return switch (e.code()) {
      case ACQUIRE_IDLIVE, ACQUIRE_OWNED, ACQUIRE_OTHER, ACQUIRE_SHRETRY, ACQUIRE_OWNED_RETRY ->
          new Taken.Failed(e, culprit(entry, e.leader()), false);
      case EAGAIN -> new Taken.Failed(e, sharer(entry), false);
      default -> new Taken.Failed(e, Optional.empty(), false);
    };
  }

  private Optional<Holding> culprit(Entry entry, Optional<LeaderRecord> leader) {
    Optional<OpenLease> open = openOf(entry);
    if (open.isEmpty() || leader.isEmpty()) {
      return Optional.empty();
    }
    return culprits.owner(
        open.get().disks().getFirst(),
        leader.get(),
        Optional.of(entry.member),
        entry.member.timing().io());
  }

  /**
   * The first of those who share the lease, somebody alive if we know of one. A host that gave up
   * exclusive use this very moment writes its new note soon after; nothing on the disk tells that
   * moment, so whoever shows no note is looked at twice.
   */
  private Optional<Holding> sharer(Entry entry) {
    Optional<Holding> seen = readSharer(entry);
    if (seen.isEmpty() || seen.get().sinceExact()) {
      return seen;
    }
    context.ports.tasks().sleep(Notes.FOLLOWS);
    return readSharer(entry).or(() -> seen);
  }

  private Optional<Holding> readSharer(Entry entry) {
    Optional<OpenLease> open = openOf(entry);
    if (open.isEmpty()) {
      return Optional.empty();
    }
    Duration timeout = entry.member.timing().io();
    try {
      var disk = open.get().disks().getFirst();
      LeaseOwners owners =
          LeaseOwners.read(
              disk, entry.id().lockspace(), entry.id().resource(), Optional.empty(), timeout);
      List<Holding> sharers =
          culprits.all(disk, owners, Optional.of(entry.member), timeout).stream()
              .filter(holding -> !holding.local())
              .toList();
      return sharers.stream()
          .filter(holding -> holding.alive().orElse(false))
          .findFirst()
          .or(() -> sharers.stream().findFirst());
    } catch (LeaseException e) {
      return Optional.empty();
    }
  }

  private Optional<OpenLease> openOf(Entry entry) {
    synchronized (context.lock) {
      return entry.open;
    }
  }
}
