// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

/** The checks of a leader record, each with its code and in the order of the specification. */
final class LeaderChecks {
  private static final int MAJOR_MASK = 0xFFFF0000;

  private LeaderChecks() {}

  /** docs/spec/ondisk.md 5.7, first table. */
  static void delta(LeaderRecord leader, Name space) throws LeaseException {
    deltaHead(leader);
    name(ErrorCode.LEADER_LOCKSPACE, "lockspace", leader.spaceName(), space);
    checksum(leader);
  }

  /** docs/spec/ondisk.md 5.7, second table. */
  static Geometry lockspaceSizes(LeaderRecord leader, long ownHostId) throws LeaseException {
    deltaHead(leader);
    Geometry geometry = Geometry.ofLeader(leader.flags(), leader.sectorSize());
    if (ownHostId != 0 && !geometry.isHostId(ownHostId)) {
      throw new LeaseException(
          ErrorCode.ADDLS_INVALID_HOSTID,
          "host id "
              + Long.toUnsignedString(ownHostId)
              + " is above the "
              + geometry.maxHosts()
              + " hosts that the lockspace has room for");
    }
    return geometry;
  }

  /** docs/spec/ondisk.md 6.9, then 11.4. */
  static void paxos(LeaderRecord leader, Name space, Name resource, long ownHostId)
      throws LeaseException {
    if (leader.isCleared()) {
      throw new LeaseException(
          ErrorCode.LEADER_MAGIC,
          "the lease was cleared (magic " + Bytes.hex(LeaderRecord.CLEARED_MAGIC) + ")");
    }
    magic(leader, LeaderRecord.PAXOS_MAGIC, "Paxos lease");
    version(leader, LeaderRecord.PAXOS_VERSION);
    name(ErrorCode.LEADER_LOCKSPACE, "lockspace", leader.spaceName(), space);
    name(ErrorCode.LEADER_RESOURCE, "resource", leader.resourceName(), resource);
    if (Long.compareUnsigned(leader.numHosts(), ownHostId) < 0) {
      throw new LeaseException(
          ErrorCode.LEADER_NUMHOSTS,
          "the lease is for "
              + Long.toUnsignedString(leader.numHosts())
              + " hosts, which leaves out host id "
              + Long.toUnsignedString(ownHostId));
    }
    checksum(leader);
    paxosSizes(leader);
  }

  // Last, so that a flipped bit in these fields is still reported as a wrong checksum.
  private static void paxosSizes(LeaderRecord leader) throws LeaseException {
    Geometry geometry;
    try {
      geometry = Geometry.ofLeader(leader.flags(), leader.sectorSize());
    } catch (LeaseException e) {
      throw new LeaseException(ErrorCode.LEADER_SECTORSIZE, e.detail(), e);
    }
    // num_hosts bounds the ballot's scan, max_hosts keeps ballot numbers of hosts apart.
    if (leader.maxHosts() == 0
        || Long.compareUnsigned(leader.numHosts(), leader.maxHosts()) > 0
        || Long.compareUnsigned(leader.maxHosts(), geometry.maxHosts()) > 0) {
      throw new LeaseException(
          ErrorCode.LEADER_NUMHOSTS,
          "the lease gives num_hosts "
              + Long.toUnsignedString(leader.numHosts())
              + " and max_hosts "
              + Long.toUnsignedString(leader.maxHosts())
              + ", and has room for "
              + geometry.maxHosts());
    }
  }

  private static void deltaHead(LeaderRecord leader) throws LeaseException {
    magic(leader, LeaderRecord.DELTA_MAGIC, "lockspace");
    version(leader, LeaderRecord.DELTA_VERSION);
  }

  private static void magic(LeaderRecord leader, int expected, String what) throws LeaseException {
    if (leader.magic() != expected) {
      throw new LeaseException(
          ErrorCode.LEADER_MAGIC,
          "no "
              + what
              + " here: magic is "
              + Bytes.hex(leader.magic())
              + ", expected "
              + Bytes.hex(expected));
    }
  }

  private static void version(LeaderRecord leader, int expected) throws LeaseException {
    if ((leader.version() & MAJOR_MASK) != (expected & MAJOR_MASK)) {
      throw new LeaseException(
          ErrorCode.LEADER_VERSION,
          "the leader record has version "
              + Bytes.hex(leader.version())
              + ", expected major version "
              + (expected >>> 16)
              + newer(leader.version() >>> 16 > expected >>> 16));
    }
    if (leader.unknownFlags() != 0) {
      throw new LeaseException(
          ErrorCode.LEADER_VERSION,
          "the leader record has unknown flags "
              + Bytes.hex(leader.unknownFlags())
              + " in "
              + Bytes.hex(leader.flags())
              + newer(true));
    }
  }

  private static String newer(boolean isNewer) {
    return isNewer
        ? ": it was written by a newer sanlock (4.2 has leases without a time limit, 5.0"
            + " compare-and-write leases) and must not be touched by this version"
        : "";
  }

  private static void name(ErrorCode code, String what, Name found, Name expected)
      throws LeaseException {
    if (!expected.isEmpty() && !found.sameName(expected)) {
      throw new LeaseException(
          code, what + " name on disk is " + found.quoted() + ", expected " + expected.quoted());
    }
  }

  private static void checksum(LeaderRecord leader) throws LeaseException {
    int computed = leader.computeChecksum();
    if (leader.checksum() != computed) {
      throw new LeaseException(
          ErrorCode.LEADER_CHECKSUM,
          "the leader record has checksum "
              + Bytes.hex(leader.checksum())
              + ", expected "
              + Bytes.hex(computed));
    }
  }
}
