// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.LeaseArea;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import java.time.Duration;

/**
 * For how many host ids a new lease is made. Few, because every ballot reads them all; but no host
 * that ever joined the lockspace may be locked out, and a few more are to come (docs/design.md,
 * "Cheap leases").
 */
final class NumHosts {
  private static final int HEADROOM = 4;
  private static final int LEADER_AND_REQUEST = 2;

  private final LeaseOpener opener;

  NumHosts(LeaseOpener opener) {
    this.opener = opener;
  }

  /**
   * Chooses the bound. Reads the lockspace area if nothing is known of it yet.
   *
   * @throws LeaseException LEADER_NUMHOSTS if a host id in use is above {@link
   *     CreatePolicy#maxHosts}; I/O
   */
  int choose(CreatePolicy policy, Geometry geometry, MemberLockspace member) throws LeaseException {
    int highest = Math.toIntExact(Math.max(highestEverUsed(member), member.hostId()));
    int most = Math.min(policy.maxHosts(), geometry.maxHosts());
    if (highest > most) {
      throw new LeaseException(
          ErrorCode.LEADER_NUMHOSTS,
          "host id "
              + highest
              + " is in use in lockspace "
              + member.name()
              + ", but new leases are to have room for "
              + most
              + " host ids only; raise max_hosts to at least "
              + highest
              + ", or use lower host ids");
    }
    return Math.min(most, roundedUp(Math.max(highest + HEADROOM, policy.minHosts())));
  }

  /** The number of host ids that just fills a ballot read of 2^k sectors. */
  static int roundedUp(int wanted) {
    int sectors = Integer.highestOneBit(wanted + LEADER_AND_REQUEST - 1) << 1;
    return sectors - LEADER_AND_REQUEST;
  }

  /** The highest host id whose delta record ever had an owner: a released one keeps it. */
  private long highestEverUsed(MemberLockspace member) throws LeaseException {
    boolean areaWasSeen = member.hosts().sighting(member.hostId()).isPresent();
    return areaWasSeen ? member.highestHostIdUsed() : highestOnDisk(member);
  }

  private int highestOnDisk(MemberLockspace member) throws LeaseException {
    Geometry geometry = member.geometry();
    DiskLocation place = new DiskLocation(member.spec().path(), member.spec().offset());
    Duration timeout = member.timing().io();
    try (BlockStore store = opener.openDisk(place, false, timeout);
        Block block =
            new LeaseArea(store, place.offset(), geometry).read(0, geometry.alignSize(), timeout)) {
      int id = geometry.maxHosts();
      while (id > 0
          && LeaderRecord.decode(block.bytes(), geometry.deltaOffset(id)).ownerId() == 0) {
        id--;
      }
      return id;
    }
  }

  /** Words for a host that an existing lease has no room for. */
  static String tooFew(String path, long numHosts, long hostId) {
    return "the lease in "
        + path
        + " has room for host ids 1 to "
        + numHosts
        + ", and this host has id "
        + hostId
        + "; give this host a lower id, or, when no host uses the lease, remove the file so that it"
        + " is made anew. Where more hosts are to come, set min_hosts in leasehold.conf on all"
        + " hosts before: new leases have room for so many";
  }
}
