// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.Failure;
import dev.leasehold.cli.area.AreaReader;
import dev.leasehold.cli.disk.Disk;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.ondisk.BallotArea;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HolderNote;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.Storage;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads lease files: who holds them according to themselves (docs/spec/algorithms.md 3.12). */
final class LeaseReader {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int PROBE = 4096;
  private static final Name LOCKSPACE = Name.of(LeaseDirectory.LOCKSPACE);

  private final LeaseDirectory directory;
  private final Storage storage;
  private final Map<String, String> knownDisks;

  /**
   * @param knownDisks disks by the names of their leases, as far as the journal knows them
   */
  LeaseReader(LeaseDirectory directory, Storage storage, Map<String, String> knownDisks) {
    this.directory = directory;
    this.storage = storage;
    this.knownDisks = knownDisks;
  }

  /** The lease of that name; what is wrong with its file is part of the answer. */
  LeaseLine read(String name) {
    try (AreaReader reader = AreaReader.open(storage, directory.leasePath(name), TIMEOUT)) {
      Optional<MemorySegment> head = reader.read(0, PROBE);
      if (head.isEmpty()) {
        return damaged(name, "the file is empty or was cut off");
      }
      return read(name, reader, LeaderRecord.decode(head.get(), 0));
    } catch (Failure e) {
      return damaged(name, e.words());
    } catch (LeaseException e) {
      return damaged(name, e.detail() + " (" + e.code() + ")");
    }
  }

  private LeaseLine damaged(String name, String fault) {
    return new LeaseLine(
        name, Optional.ofNullable(knownDisks.get(name)), List.of(), false, Optional.of(fault));
  }

  private LeaseLine read(String name, AreaReader reader, LeaderRecord leader)
      throws Failure, LeaseException {
    if (leader.isCleared()) {
      return new LeaseLine(
          name, Optional.ofNullable(knownDisks.get(name)), List.of(), true, Optional.empty());
    }
    leader.verifyPaxos(LOCKSPACE, Name.of(name), 0);
    Geometry geometry = Geometry.ofLeader(leader.flags(), leader.sectorSize());
    Optional<MemorySegment> sectors = reader.read(0, geometry.ballotReadLength(leader.numHosts()));
    Optional<MemorySegment> notes = reader.read(geometry.noteOffset(), geometry.noteAreaLength());
    if (sectors.isEmpty() || notes.isEmpty()) {
      return damaged(name, "the file was cut off");
    }
    // Read again with the rest, so that all of it is of one moment.
    LeaderRecord now = LeaderRecord.decode(sectors.get(), 0);
    now.verifyPaxos(LOCKSPACE, Name.of(name), 0);
    BallotArea area =
        new BallotArea(sectors.get(), geometry, Math.min(now.numHosts(), leader.numHosts()));
    return new LeaseLine(
        name,
        disk(name, geometry, notes.get()),
        holders(now, area, geometry, notes.get()),
        false,
        Optional.empty());
  }

  private static List<HolderLine> holders(
      LeaderRecord leader, BallotArea area, Geometry geometry, MemorySegment notes) {
    List<HolderLine> holders = new ArrayList<>();
    if (!leader.isFree() && !wasReleasedAfterAll(leader, area)) {
      holders.add(
          new HolderLine(
              leader.ownerId(),
              leader.ownerGeneration(),
              false,
              leader.timestamp(),
              HolderNote.decode(notes, 0).filter(note -> note.describes(leader))));
    }
    area.sharedHosts()
        .hostIds()
        .filter(id -> holders.isEmpty() || holders.getFirst().hostId() != id)
        .forEach(id -> holders.add(sharer(id, area.hostSector(id), geometry, notes)));
    return holders;
  }

  /** A third host wrote the owner's name after the owner had given the lease back (3.2, 3.5). */
  private static boolean wasReleasedAfterAll(LeaderRecord leader, BallotArea area) {
    long owner = leader.ownerId();
    if (leader.writeId() == owner || owner < 1 || owner > area.numHosts()) {
      return false;
    }
    Dblock dblock = area.dblock(owner);
    return dblock.isReleased();
  }

  private static HolderLine sharer(
      long hostId, HostSector sector, Geometry geometry, MemorySegment notes) {
    long at = geometry.sharedNoteOffset(hostId) - geometry.noteOffset();
    return new HolderLine(
        hostId,
        sector.mode().generation(),
        true,
        0,
        HolderNote.decode(notes, at).filter(note -> note.describes(hostId, sector)));
  }

  /** Any note's path will do, also that of an earlier holder: the lease's name proves it. */
  private Optional<String> disk(String name, Geometry geometry, MemorySegment notes) {
    for (int slot = 0; slot < geometry.noteSlots(); slot++) {
      Optional<String> path =
          HolderNote.decode(notes, (long) slot * geometry.sectorSize())
              .map(HolderNote::diskPath)
              .filter(found -> Disk.leaseName(found).equals(name));
      if (path.isPresent()) {
        return path;
      }
    }
    return Optional.ofNullable(knownDisks.get(name));
  }
}
