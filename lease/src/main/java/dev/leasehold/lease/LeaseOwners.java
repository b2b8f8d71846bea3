// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.BallotArea;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.Block;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who holds a lease according to its disk, alive or not (docs/spec/algorithms.md 3.12).
 *
 * @param leader the leader record
 * @param geometry sizes of the lease area
 * @param exclusive the owner that the leader names, if any
 * @param sharers the hosts whose mode block says SHARED, except that owner, by ascending host id
 */
public record LeaseOwners(
    LeaderRecord leader, Geometry geometry, Optional<Owner> exclusive, List<Owner> sharers) {
  private static final int LEADER_READ = 4096;

  /**
   * One owner.
   *
   * @param hostId its host id
   * @param generation its generation when it took the lease
   * @param timestamp seconds of its own clock; 0 for a shared holder
   */
  public record Owner(long hostId, long generation, long timestamp) {}

  /** Copies the list. */
  public LeaseOwners {
    sharers = List.copyOf(sharers);
  }

  /**
   * Reads them. No lockspace need be joined; nothing is written.
   *
   * @param lockspace expected name; an empty name skips that check
   * @param resource expected name; an empty name skips that check
   * @param sizes what the caller says the sizes are; empty to learn them from the leader
   * @throws LeaseException EINVAL if {@code sizes} are wrong; LEADER_*; I/O
   */
  public static LeaseOwners read(
      LeaseDisk disk, Name lockspace, Name resource, Optional<Geometry> sizes, Duration timeout)
      throws LeaseException {
    LeaderRecord known = readLeader(disk, lockspace, resource, timeout);
    while (true) {
      Geometry geometry = checkedSizes(known, sizes);
      LeaseArea area = new LeaseArea(disk.store(), disk.offset(), geometry);
      int length = LeaseStart.lengthFor(area, geometry, known.numHosts());
      try (Block block = area.read(0, length, timeout)) {
        LeaderRecord leader = LeaderRecord.decode(block.bytes(), 0);
        leader.verifyPaxos(lockspace, resource, 0);
        if (leader.numHosts() == known.numHosts() && checkedSizes(leader, sizes).equals(geometry)) {
          return of(leader, new BallotArea(block.bytes(), geometry, leader.numHosts()), geometry);
        }
        known = leader;
      }
    }
  }

  private static Geometry checkedSizes(LeaderRecord leader, Optional<Geometry> sizes)
      throws LeaseException {
    Geometry geometry = Geometry.ofLeader(leader.flags(), leader.sectorSize());
    if (sizes.isPresent() && !sizes.get().equals(geometry)) {
      throw new LeaseException(
          ErrorCode.EINVAL, "the lease has " + geometry + ", not " + sizes.get());
    }
    return geometry;
  }

  private static LeaseOwners of(LeaderRecord leader, BallotArea area, Geometry geometry) {
    Optional<Owner> exclusive =
        leader.isFree() || leader.ownerId() == 0
            ? Optional.empty()
            : Optional.of(
                new Owner(leader.ownerId(), leader.ownerGeneration(), leader.timestamp()));
    List<Owner> sharers = new ArrayList<>();
    area.forEachUsed(
        (hostId, sector) -> {
          boolean isOwner = exclusive.filter(owner -> owner.hostId() == hostId).isPresent();
          if (sector.mode().isShared() && !isOwner) {
            sharers.add(new Owner(hostId, sector.mode().generation(), 0));
          }
        });
    return new LeaseOwners(leader, geometry, exclusive, sharers);
  }

  /**
   * Reads and checks only the leader record (READ_RESOURCE).
   *
   * @param lockspace expected name; an empty name skips that check
   * @param resource expected name; an empty name skips that check
   * @throws LeaseException LEADER_*; I/O
   */
  public static LeaderRecord readLeader(
      LeaseDisk disk, Name lockspace, Name resource, Duration timeout) throws LeaseException {
    LeaseArea area = new LeaseArea(disk.store(), disk.offset(), Geometry.SECTOR_512);
    try (Block block = area.read(0, LEADER_READ, timeout)) {
      LeaderRecord leader = LeaderRecord.decode(block.bytes(), 0);
      leader.verifyPaxos(lockspace, resource, 0);
      return leader;
    }
  }
}
