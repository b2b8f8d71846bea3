// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.Block;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The disks of one Paxos lease: what they agree on, and writes that count only if a majority took
 * them (docs/spec/algorithms.md 3.10). Nearly every lease has one disk; then its fault is the
 * fault.
 */
final class DiskSet {
  private static final int MAX_DISKS = 4;

  private final List<LeaseDisk> disks;
  private final Name resource;
  private final LeaseEnvironment env;
  private final ValidityCheck validity;
  private Geometry geometry;

  DiskSet(List<LeaseDisk> disks, Name resource, Geometry firstGuess, LeaseEnvironment env)
      throws LeaseException {
    if (disks.isEmpty() || disks.size() > MAX_DISKS) {
      throw new LeaseException(
          ErrorCode.ERANGE, "a lease has 1 to " + MAX_DISKS + " disks, not " + disks.size());
    }
    this.disks = List.copyOf(disks);
    this.resource = resource;
    this.env = env;
    this.validity = NotValidException.marking(env.validity());
    this.geometry = firstGuess;
  }

  Geometry geometry() {
    return geometry;
  }

  void adoptGeometry(Geometry found) {
    geometry = found;
  }

  Duration timeout() {
    return env.timing().io();
  }

  List<LeaseArea> areas() {
    return disks.stream()
        .map(disk -> new LeaseArea(disk.store(), disk.offset(), geometry))
        .toList();
  }

  /** The disk that alone has request record and lock value block. */
  LeaseArea firstArea() {
    return areas().getFirst();
  }

  /** More than half. */
  int majority() {
    return disks.size() / 2 + 1;
  }

  /** For messages. */
  String name() {
    return "lease " + resource + " of lockspace " + env.lockspace();
  }

  // --- reading ---------------------------------------------------------------------------------

  /** Something read from one disk. */
  @FunctionalInterface
  interface DiskRead<T> {
    T from(LeaseArea area) throws LeaseException;
  }

  /** What the disks gave, and the faults of those that gave nothing. */
  record Results<T>(List<T> results, List<LeaseException> faults) {}

  <T> Results<T> each(List<LeaseArea> areas, DiskRead<T> read) {
    List<T> results = new ArrayList<>();
    List<LeaseException> faults = new ArrayList<>();
    for (LeaseArea area : areas) {
      try {
        results.add(read.from(area));
      } catch (LeaseException e) {
        faults.add(e);
      }
    }
    return new Results<>(results, faults);
  }

  /** Reads and verifies the leader record. */
  LeaderRecord readLeader() throws LeaseException {
    Results<LeaderRecord> read = each(areas(), this::leaderOf);
    if (read.results().size() < majority()) {
      throw fault(read.faults(), ErrorCode.LEADER_READ);
    }
    return agreed(read.results());
  }

  private LeaderRecord leaderOf(LeaseArea area) throws LeaseException {
    try (Block block = area.readSector(0, timeout())) {
      return verified(block.bytes());
    }
  }

  /** The verified leader record at the start of {@code bytes}. */
  LeaderRecord verified(MemorySegment bytes) throws LeaseException {
    LeaderRecord leader = LeaderRecord.decode(bytes, 0);
    try {
      leader.verifyPaxos(env.lockspace(), resource, env.member().hostId());
    } catch (LeaseException e) {
      throw e.code() == ErrorCode.LEADER_NUMHOSTS ? withRemedy(e, leader) : e;
    }
    return leader;
  }

  private LeaseException withRemedy(LeaseException e, LeaderRecord leader) {
    return new LeaseException(
        ErrorCode.LEADER_NUMHOSTS,
        name()
            + ": "
            + e.detail()
            + "; our host id is "
            + env.member().hostId()
            + ". Let a host whose id the lease has room for acquire it with a higher num_hosts (at"
            + " most "
            + Long.toUnsignedString(leader.maxHosts())
            + "), create the lease anew for more hosts (min_hosts in leasehold.conf, where"
            + " leasehold creates it), or give this host a lower id",
        e);
  }

  /**
   * The leader that a majority agrees on. Copies agree if they differ in timestamp and writer at
   * most; among those the one that most disks have in full, and where that is not clear, one that
   * is owned: in doubt the lease is taken.
   */
  LeaderRecord agreed(List<LeaderRecord> copies) throws LeaseException {
    for (LeaderRecord copy : copies) {
      List<LeaderRecord> same = copies.stream().filter(copy::sameCopy).toList();
      if (same.size() >= majority()) {
        return same.stream()
            .filter(c -> same.stream().filter(c::equals).count() >= majority())
            .findFirst()
            .or(() -> same.stream().filter(c -> !c.isFree()).findFirst())
            .orElse(copy);
      }
    }
    throw new LeaseException(
        ErrorCode.LEADER_DIFF, name() + ": no leader record is the same on a majority of disks");
  }

  /** The fault of the only disk; the fault they all have in common; else {@code general}. */
  LeaseException fault(List<LeaseException> faults, ErrorCode general) {
    LeaseException first = faults.getFirst();
    boolean common =
        faults.size() == disks.size() && faults.stream().allMatch(f -> f.code() == first.code());
    return disks.size() == 1 || common
        ? first
        : new LeaseException(general, name() + ": " + first.detail(), first);
  }

  /** A host's sector as each disk has it; for a majority of disks at least. */
  List<HostSector> readHostSectors(long hostId) throws LeaseException {
    Results<HostSector> read =
        each(
            areas(),
            area -> {
              try (Block block = area.readSector(geometry.hostSectorOffset(hostId), timeout())) {
                return HostSector.decode(block.bytes(), 0);
              }
            });
    if (read.results().size() < majority()) {
      throw fault(read.faults(), ErrorCode.DBLOCK_READ);
    }
    return read.results();
  }

  // --- writing ---------------------------------------------------------------------------------

  /**
   * Writes a host's sector everywhere.
   *
   * @return where it was written, and the faults of the other disks
   * @throws NotValidException our host lease is not good; nothing more was written
   */
  Results<LeaseArea> writeHostSector(long hostId, HostSector content) throws NotValidException {
    return writeEach(
        geometry.hostSectorOffset(hostId),
        sector -> content.encode(sector, 0, geometry.sectorSize()));
  }

  /**
   * Waits until no write is in flight.
   *
   * @throws LeaseException AIO_TIMEOUT unless that is so on a majority of disks
   */
  void awaitSettled() throws LeaseException {
    Results<LeaseArea> settled =
        each(
            areas(),
            area -> {
              area.awaitSettled(timeout(), 0);
              return area;
            });
    if (settled.results().size() < majority()) {
      throw settled.faults().getFirst();
    }
  }

  /**
   * Writes the leader record.
   *
   * @throws LeaseException if no majority took it: AIO_TIMEOUT if any write timed out, else the
   *     first I/O error; what is on the disks is then not known
   */
  void writeLeader(LeaderRecord leader) throws LeaseException {
    Results<LeaseArea> written =
        writeEach(0, sector -> leader.encodeSector(sector, 0, geometry.sectorSize()));
    if (written.results().size() < majority()) {
      throw written.faults().stream()
          .filter(fault -> fault.code() == ErrorCode.AIO_TIMEOUT)
          .findFirst()
          .orElse(written.faults().getFirst());
    }
  }

  private Results<LeaseArea> writeEach(long at, Consumer<MemorySegment> content)
      throws NotValidException {
    List<LeaseArea> written = new ArrayList<>();
    List<LeaseException> faults = new ArrayList<>();
    for (LeaseArea area : areas()) {
      try {
        area.writeSector(at, content, timeout(), timeout(), validity);
        written.add(area);
      } catch (NotValidException e) {
        throw e;
      } catch (LeaseException e) {
        faults.add(e);
      }
    }
    return new Results<>(written, faults);
  }

  /** Writes one sector of the first disk. */
  void writeFirst(long at, Consumer<MemorySegment> content) throws LeaseException {
    firstArea().writeSector(at, content, timeout(), timeout(), validity);
  }
}
