// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.HolderSnapshot;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.Clock;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.HostSighting;
import dev.leasehold.lease.LeaseArea;
import dev.leasehold.lease.LeaseDisk;
import dev.leasehold.lease.LeaseOwners;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HolderNote;
import dev.leasehold.ondisk.HostNames;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.Block;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Finds out who holds a lease, for people: from the leader record, from the holder's note
 * (docs/holder-note.md) and from the owner's delta record. What cannot be read is left out; nothing
 * here decides anything.
 */
final class Culprits {
  private final EngineContext context;
  private final Clock clock;

  Culprits(EngineContext context) {
    this.context = context;
    this.clock = context.ports.clock();
  }

  /** A holder on this host. */
  Holding local(Token token) {
    Entry entry = token.entry;
    Optional<HolderSnapshot> holder = context.holders.get(token.holder);
    synchronized (context.lock) {
      return new Holding(
          entry.member.hostId(),
          entry.member.member().generation(),
          Optional.of(context.config.shownHostName()),
          Optional.of(true),
          true,
          entry.mode,
          OptionalInt.of(token.pid),
          holder.map(HolderSnapshot::label).map(HolderLabel::inWords).filter(w -> !w.isEmpty()),
          holder.map(HolderSnapshot::label).flatMap(HolderLabel::guestUuid),
          entry.diskPath,
          entry.hold.map(hold -> entry.since),
          true);
    }
  }

  /** The exclusive owner that a leader record names; empty if it names none. */
  Optional<Holding> owner(
      LeaseDisk disk, LeaderRecord leader, Optional<MemberLockspace> member, Duration timeout) {
    if (leader.isFree()) {
      return Optional.empty();
    }
    Optional<HolderNote> note = ownersNote(disk, leader, timeout);
    Optional<LeaderRecord> delta = delta(member, leader.ownerId(), leader.ownerGeneration());
    if (note.isEmpty() && delta.isPresent() && leader.timestamp() >= delta.get().timestamp()) {
      // Acquired since the owner's last renewal, so perhaps this very moment: its note may follow.
      context.ports.tasks().sleep(Notes.FOLLOWS);
      note = ownersNote(disk, leader, timeout);
    }
    Optional<HostSighting> seen = sighting(member, leader.ownerId());
    Optional<Instant> reckoned =
        delta.flatMap(record -> reckonSince(leader.timestamp(), record, seen));
    return Optional.of(
        holding(
            leader.ownerId(),
            leader.ownerGeneration(),
            HoldMode.EXCLUSIVE,
            member,
            delta,
            note,
            reckoned));
  }

  /** Everybody who holds a lease according to its disk: the exclusive owner, then the sharers. */
  List<Holding> all(
      LeaseDisk disk, LeaseOwners owners, Optional<MemberLockspace> member, Duration timeout) {
    List<Holding> found = new ArrayList<>();
    owner(disk, owners.leader(), member, timeout).ifPresent(found::add);
    for (LeaseOwners.Owner sharer : owners.sharers()) {
      found.add(
          holding(
              sharer.hostId(),
              sharer.generation(),
              HoldMode.SHARED,
              member,
              delta(member, sharer.hostId(), sharer.generation()),
              sharedNote(disk, owners.geometry(), sharer.hostId(), timeout),
              Optional.empty()));
    }
    return found;
  }

  private Holding holding(
      long hostId,
      long generation,
      HoldMode mode,
      Optional<MemberLockspace> member,
      Optional<LeaderRecord> delta,
      Optional<HolderNote> note,
      Optional<Instant> reckonedSince) {
    boolean local =
        member.isPresent()
            && member.get().member().hostId() == hostId
            && member.get().member().generation() == generation;
    Optional<String> hostName =
        HostNames.best(
            delta.map(record -> record.resourceName().toString()), note.map(HolderNote::hostName));
    return new Holding(
        hostId,
        generation,
        hostName,
        member.flatMap(m -> alive(m, hostId, generation)),
        local,
        mode,
        note.filter(n -> n.pid() > 0 && n.pid() <= Integer.MAX_VALUE)
            .map(n -> OptionalInt.of((int) n.pid()))
            .orElse(OptionalInt.empty()),
        note.map(n -> new HolderLabel(n.holderName(), n.guest(), n.guestUuid()).inWords())
            .filter(words -> !words.isEmpty()),
        note.flatMap(HolderNote::guestUuid),
        note.map(HolderNote::diskPath).filter(path -> !path.isEmpty()),
        note.map(n -> Instant.ofEpochSecond(n.acquiredAt())).or(() -> reckonedSince),
        note.isPresent());
  }

  private static Optional<HolderNote> ownersNote(
      LeaseDisk disk, LeaderRecord leader, Duration timeout) {
    return leader
        .geometry()
        .flatMap(sizes -> note(disk, sizes, sizes.noteOffset(), timeout))
        .filter(found -> found.describes(leader));
  }

  private static Optional<HolderNote> note(
      LeaseDisk disk, Geometry sizes, long at, Duration timeout) {
    LeaseArea area = new LeaseArea(disk.store(), disk.offset(), sizes);
    try (Block block = area.readSector(at, timeout)) {
      return HolderNote.decode(block.bytes(), 0);
    } catch (LeaseException e) {
      return Optional.empty();
    }
  }

  private static Optional<HolderNote> sharedNote(
      LeaseDisk disk, Geometry sizes, long hostId, Duration timeout) {
    LeaseArea area = new LeaseArea(disk.store(), disk.offset(), sizes);
    try (Block block = area.readSector(sizes.hostSectorOffset(hostId), timeout)) {
      HostSector sector = HostSector.decode(block.bytes(), 0);
      return note(disk, sizes, sizes.sharedNoteOffset(hostId), timeout)
          .filter(found -> found.describes(hostId, sector));
    } catch (LeaseException e) {
      return Optional.empty();
    }
  }

  /** The owner's delta record, if it is still that owner's. */
  private static Optional<LeaderRecord> delta(
      Optional<MemberLockspace> member, long hostId, long generation) {
    if (member.isEmpty() || hostId < 1 || hostId > member.get().hosts().maxHosts()) {
      return Optional.empty();
    }
    try {
      LeaderRecord record = member.get().hosts().readDelta(hostId);
      return Optional.of(record)
          .filter(r -> r.ownerId() == hostId && r.ownerGeneration() == generation);
    } catch (LeaseException e) {
      return Optional.empty();
    }
  }

  private static Optional<HostSighting> sighting(Optional<MemberLockspace> member, long hostId) {
    return member
        .filter(m -> hostId >= 1 && hostId <= m.hosts().maxHosts())
        .flatMap(m -> m.hosts().sighting(hostId));
  }

  /**
   * When the lease was acquired, by the owner's own clock: its delta record tells that clock at its
   * last renewal, and we know roughly when that was.
   */
  private Optional<Instant> reckonSince(
      long acquired, LeaderRecord delta, Optional<HostSighting> seen) {
    if (delta.timestamp() < acquired) {
      return Optional.empty();
    }
    long renewedNanosAgo =
        seen.filter(s -> s.timestamp() == delta.timestamp())
            .filter(s -> s.lastLive().isPresent())
            .map(s -> Math.max(0, clock.bootNanos() - s.lastLive().getAsLong()))
            .orElse(0L);
    long renewed = clock.wallTime().minusNanos(renewedNanosAgo).getEpochSecond();
    long heldFor = delta.timestamp() - acquired;
    // Whatever stands on the disk: longer ago than 1970 is no time.
    return heldFor >= 0 && heldFor <= renewed
        ? Optional.of(Instant.ofEpochSecond(renewed - heldFor))
        : Optional.empty();
  }

  /** Whether a host is alive, where that is certain (docs/spec/algorithms.md 4.4). */
  private Optional<Boolean> alive(MemberLockspace member, long hostId, long generation) {
    Optional<HostSighting> sighting = sighting(Optional.of(member), hostId);
    if (sighting.isEmpty() || sighting.get().generation() != generation) {
      return Optional.empty();
    }
    HostSighting seen = sighting.get();
    if (seen.timestamp() == 0) {
      return Optional.of(false);
    }
    long now = clock.bootNanos();
    long last = seen.lastLive().orElse(seen.firstCheck());
    if (member.timing().isDead(last, now, seen.ioTimeout())) {
      return Optional.of(false);
    }
    boolean changed = seen.lastLive().isPresent() && last != seen.firstCheck();
    Duration fail = Duration.ofSeconds(8L * member.timing().orOwn(seen.ioTimeout()));
    return changed && now - last <= fail.toNanos() ? Optional.of(true) : Optional.empty();
  }

  /** A sentence about a culprit. */
  String sentence(LeaseRequest request, Holding culprit) {
    return culprit.sentence(request.described(), clock.wallTime(), context.config.zone());
  }
}
