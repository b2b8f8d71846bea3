// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.BallotArea;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.Block;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an acquisition starts from: the lease as the first read found it (docs/spec/algorithms.md
 * 3.1, "read of the lease").
 *
 * @param leader verified
 * @param maxMbal the largest mbal of all dblocks, 0 if none
 * @param own our own dblock; {@link Dblock#EMPTY} if it was never used or was not read
 * @param highestSeen the highest host whose sector holds anything, 0 if none; empty if not all were
 *     read
 */
record LeaseStart(LeaderRecord leader, long maxMbal, Dblock own, OptionalLong highestSeen) {
  // Leader, request record and the first hosts; few leases need more (8, item 15).
  private static final int FIRST_READ = 32 * 1024;

  /**
   * Reads the lease, only as far as num_hosts asks for.
   *
   * @param hint if it still holds, the leader sector is all that is read
   */
  static LeaseStart read(
      DiskSet disks, long hostId, int expectedNumHosts, Optional<AcquireHint> hint)
      throws LeaseException {
    if (hint.isPresent()) {
      LeaderRecord leader = disks.readLeader();
      if (leader.equals(hint.get().lastLeader()) && leader.isFree()) {
        // Safe whatever happened since: maxMbal only has to be a guess, because a ballot number
        // that is too low ends in an abort, and nothing that we proposed for the next version can
        // be forgotten, because we have not proposed anything since we freed this very record.
        disks.adoptGeometry(geometryOf(leader));
        return new LeaseStart(leader, hint.get().maxMbal(), Dblock.EMPTY, OptionalLong.empty());
      }
    }
    return readAll(disks, hostId, expectedNumHosts);
  }

  private static LeaseStart readAll(DiskSet disks, long hostId, int expectedNumHosts)
      throws LeaseException {
    DiskSet.Results<LeaseStart> read =
        disks.each(disks.areas(), area -> readDisk(disks, area, hostId, expectedNumHosts));
    if (read.results().isEmpty()) {
      throw disks.fault(read.faults(), ErrorCode.DBLOCK_READ);
    }
    if (read.results().size() < disks.majority()) {
      throw new LeaseException(
          ErrorCode.LEADER_DIFF,
          disks.name() + ": fewer than a majority of its disks can be read",
          read.faults().getFirst());
    }
    LeaderRecord leader = disks.agreed(read.results().stream().map(LeaseStart::leader).toList());
    disks.adoptGeometry(geometryOf(leader));
    long maxMbal = 0;
    long highest = 0;
    Dblock own = Dblock.EMPTY;
    for (LeaseStart disk : read.results()) {
      maxMbal = maxUnsigned(maxMbal, disk.maxMbal());
      highest = Math.max(highest, disk.highestSeen().orElse(0));
      own = Long.compareUnsigned(disk.own().mbal(), own.mbal()) > 0 ? disk.own() : own;
    }
    return new LeaseStart(leader, maxMbal, own, OptionalLong.of(highest));
  }

  private static LeaseStart readDisk(
      DiskSet disks, LeaseArea area, long hostId, int expectedNumHosts) throws LeaseException {
    int length =
        expectedNumHosts > 0
            ? lengthFor(area, disks.geometry(), expectedNumHosts)
            : Math.min(FIRST_READ, disks.geometry().alignSize());
    while (true) {
      try (Block block = area.read(0, length, disks.timeout())) {
        LeaderRecord leader = disks.verified(block.bytes());
        Geometry geometry = geometryOf(leader);
        int needed = lengthFor(area, geometry, leader.numHosts());
        if (needed <= length) {
          BallotArea ballots = new BallotArea(block.bytes(), geometry, leader.numHosts());
          BallotArea.Survey survey = ballots.survey();
          return new LeaseStart(
              leader,
              survey.maxMbal(),
              ballots.dblock(hostId),
              OptionalLong.of(survey.highestUsed()));
        }
        length = needed;
      }
    }
  }

  /** Bytes from the start of the area that hold the sectors of {@code numHosts} hosts. */
  static int lengthFor(LeaseArea area, Geometry geometry, long numHosts) {
    long sectors = Math.min(numHosts, geometry.maxHosts()) + 2;
    long unit = area.store().ioUnit();
    long length = (sectors * geometry.sectorSize() + unit - 1) / unit * unit;
    return (int) Math.min(length, geometry.alignSize());
  }

  private static Geometry geometryOf(LeaderRecord leader) throws LeaseException {
    return Geometry.ofLeader(leader.flags(), leader.sectorSize());
  }

  private static long maxUnsigned(long a, long b) {
    return Long.compareUnsigned(a, b) > 0 ? a : b;
  }
}
