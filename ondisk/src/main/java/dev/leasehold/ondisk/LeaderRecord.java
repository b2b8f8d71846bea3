// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The leader record: 200 bytes, either the delta lease of a host in a lockspace or the head of a
 * resource's Paxos lease (docs/spec/ondisk.md section 4).
 *
 * <p>The methods that derive a record from another carry over everything they do not name (4.2) and
 * return it with the right checksum. {@link #equals} compares all 200 bytes, residue of names
 * included.
 *
 * @param numHosts Paxos: hosts that may use the lease; delta: 0
 * @param maxHosts Paxos: hosts that the area has room for; delta: 1
 * @param resourceName Paxos: the resource; delta: the owner's host name
 * @param timestamp CLOCK_MONOTONIC seconds of the owner; 0 is free
 * @param checksum as stored
 * @param ioTimeout seconds, 16 bits; only in a delta lease
 * @param writeId Paxos: the host that wrote the record; delta: {@link HostEvent#generation}
 * @param writeGeneration Paxos: that host's generation; delta: {@link HostEvent#event}
 * @param writeTimestamp Paxos: that host's time; delta: {@link HostEvent#data}
 */
public record LeaderRecord(
    int magic,
    int version,
    int flags,
    int sectorSize,
    long numHosts,
    long maxHosts,
    long ownerId,
    long ownerGeneration,
    long lver,
    Name spaceName,
    Name resourceName,
    long timestamp,
    long unused1,
    int checksum,
    int unused2,
    int ioTimeout,
    long writeId,
    long writeGeneration,
    long writeTimestamp) {
  /** Bytes of the record. */
  public static final int SIZE = 200;

  /** How many of them the checksum covers. */
  public static final int CHECKSUM_LENGTH = 168;

  /** First four bytes of a delta lease. */
  public static final int DELTA_MAGIC = 0x12212010;

  /** First four bytes of a Paxos lease. */
  public static final int PAXOS_MAGIC = 0x06152010;

  /** First four bytes of a Paxos lease that was taken away. */
  public static final int CLEARED_MAGIC = 0x11282016;

  /** What a delta lease is written with; only the high 16 bits are compared. */
  public static final int DELTA_VERSION = 0x00030004;

  /** What a Paxos lease is written with; only the high 16 bits are compared. */
  public static final int PAXOS_VERSION = 0x00060004;

  /** The owner holds the lease only while it becomes a shared one. */
  public static final int SHORT_HOLD = 0x1;

  /** The flags that a delta lease may have. */
  public static final int KNOWN_DELTA_FLAGS = Geometry.ALIGN_FLAGS;

  /** The flags that a Paxos lease may have. */
  public static final int KNOWN_PAXOS_FLAGS = Geometry.ALIGN_FLAGS | SHORT_HOLD;

  /** All flags that any leader record may have. */
  public static final int KNOWN_FLAGS = KNOWN_DELTA_FLAGS | KNOWN_PAXOS_FLAGS;

  private static final int MAX_U16 = 0xFFFF;

  /** Refuses what 16 bits cannot hold. */
  public LeaderRecord {
    if ((unused2 & ~MAX_U16) != 0 || (ioTimeout & ~MAX_U16) != 0) {
      throw new IllegalArgumentException(
          "unused2 and ioTimeout are 16 bits, got " + unused2 + " and " + ioTimeout);
    }
  }

  /** Reads the 200 bytes at {@code offset}; nothing is checked. */
  public static LeaderRecord decode(MemorySegment segment, long offset) {
    return LeaderCodec.decode(segment, offset);
  }

  /** Writes the 200 bytes at {@code offset}, the checksum as it is in this record. */
  public void encode(MemorySegment segment, long offset) {
    LeaderCodec.encode(this, segment, offset);
  }

  /** Writes the whole sector at {@code offset}, everything after the record zero. */
  public void encodeSector(MemorySegment segment, long offset, int sectorSize) {
    Bytes.zero(segment, offset, sectorSize);
    encode(segment, offset);
  }

  /** This record to be changed field by field. Rules of who may change what are the caller's. */
  public LeaderBuilder toBuilder() {
    return new LeaderBuilder(this);
  }

  /** The checksum that belongs to the values. */
  public int computeChecksum() {
    MemorySegment bytes = MemorySegment.ofArray(new byte[SIZE]);
    encode(bytes, 0);
    return Checksum.of(bytes, 0, CHECKSUM_LENGTH);
  }

  /** The same values with the checksum that belongs to them. */
  public LeaderRecord withChecksum() {
    return toBuilder().build();
  }

  /** Whether nobody holds it: timestamp 0. A Paxos lease may still be held shared (6.2). */
  public boolean isFree() {
    return timestamp == 0;
  }

  /** Whether the lease was taken away and its file or area is to be let go of. */
  public boolean isCleared() {
    return magic == CLEARED_MAGIC;
  }

  /** Whether all bits of {@code flag} are set. */
  public boolean hasFlag(int flag) {
    return (flags & flag) == flag;
  }

  /**
   * The flag bits that this kind of record does not have in sanlock 3.8.5. Not 0 means that a newer
   * sanlock wrote it under rules unknown here: it must not be written to, and its owner must not be
   * taken for dead.
   */
  public int unknownFlags() {
    return flags & ~(magic == DELTA_MAGIC ? KNOWN_DELTA_FLAGS : KNOWN_PAXOS_FLAGS);
  }

  /** The sizes that the record tells, or empty if no such area exists. */
  public Optional<Geometry> geometry() {
    try {
      return Optional.of(Geometry.ofLeader(flags, sectorSize));
    } catch (LeaseException e) {
      return Optional.empty();
    }
  }

  /** The event fields of a delta lease (5.6). */
  public HostEvent event() {
    return new HostEvent(writeId, writeGeneration, writeTimestamp);
  }

  /** Whether bytes 0 to 151 are equal: how copies on several disks are compared (6.10). */
  public boolean sameCopy(LeaderRecord other) {
    return magic == other.magic
        && version == other.version
        && flags == other.flags
        && sectorSize == other.sectorSize
        && numHosts == other.numHosts
        && maxHosts == other.maxHosts
        && ownerId == other.ownerId
        && ownerGeneration == other.ownerGeneration
        && lver == other.lver
        && spaceName.equals(other.spaceName)
        && resourceName.equals(other.resourceName);
  }

  /**
   * Checks a delta lease in the order of docs/spec/ondisk.md 5.7. The sizes are not looked at.
   *
   * @param space the lockspace expected; an empty name skips that check
   * @throws LeaseException LEADER_MAGIC, LEADER_VERSION (also for unknown flags), LEADER_LOCKSPACE,
   *     LEADER_CHECKSUM
   */
  public void verifyDelta(Name space) throws LeaseException {
    LeaderChecks.delta(this, space);
  }

  /**
   * Checks a Paxos lease in the order of docs/spec/ondisk.md 6.9, then that its sizes exist and its
   * host counts fit them (11.4), so that what passed can be computed with.
   *
   * @param space the lockspace expected; an empty name skips that check
   * @param resource the resource expected; an empty name skips that check
   * @param ownHostId the host that wants to use the lease, 0 for a plain read
   * @throws LeaseException LEADER_MAGIC, LEADER_VERSION (also for unknown flags), LEADER_LOCKSPACE,
   *     LEADER_RESOURCE, LEADER_NUMHOSTS, LEADER_CHECKSUM, LEADER_SECTORSIZE
   */
  public void verifyPaxos(Name space, Name resource, long ownHostId) throws LeaseException {
    LeaderChecks.paxos(this, space, resource, ownHostId);
  }

  /**
   * Checks the record of sector 0 of a lockspace for its sizes, before joining (5.7). Name and
   * checksum are not checked.
   *
   * @param ownHostId the host that wants to join, 0 to skip that check
   * @return the sizes
   * @throws LeaseException LEADER_MAGIC, LEADER_VERSION (also for unknown flags),
   *     LEADER_SECTORSIZE, ADDLS_SIZES, ADDLS_INVALID_HOSTID
   */
  public Geometry verifyLockspaceSizes(long ownHostId) throws LeaseException {
    return LeaderChecks.lockspaceSizes(this, ownHostId);
  }

  /**
   * A delta lease as a lockspace is initialised with (5.2).
   *
   * @param ioTimeout seconds, 16 bits; 1 to 255 is what every reader understands (11.7)
   */
  public static LeaderRecord freshDelta(Name space, Geometry geometry, int ioTimeout) {
    return LeaderBuilder.zero()
        .magic(DELTA_MAGIC)
        .version(DELTA_VERSION)
        .flags(geometry.alignFlag())
        .sectorSize(geometry.sectorSize())
        .maxHosts(1)
        .spaceName(space)
        .ioTimeout(ioTimeout)
        .build();
  }

  /**
   * A Paxos lease as a resource is initialised with (6.6).
   *
   * @param numHosts unsigned; 0 or more than the area holds gives what the area holds (6.2)
   */
  public static LeaderRecord freshPaxos(
      Name space, Name resource, Geometry geometry, long numHosts) {
    boolean all = numHosts == 0 || Long.compareUnsigned(numHosts, geometry.maxHosts()) > 0;
    return LeaderBuilder.zero()
        .magic(PAXOS_MAGIC)
        .version(PAXOS_VERSION)
        .flags(geometry.alignFlag())
        .sectorSize(geometry.sectorSize())
        .numHosts(all ? geometry.maxHosts() : numHosts)
        .maxHosts(geometry.maxHosts())
        .spaceName(space)
        .resourceName(resource)
        .build();
  }

  /**
   * A join: this delta lease taken by a host, with the next generation (5.3). The bitmap of the
   * sector is to be written as zero.
   *
   * @param ownerName see {@link Name#ofOwner}; the whole field is replaced (11.10)
   * @param now CLOCK_MONOTONIC seconds; a clock at 0 is stored as 1, since 0 means free
   * @param ioTimeout seconds, 1 to 255 (11.7)
   */
  public LeaderRecord deltaAcquired(long hostId, Name ownerName, long now, int ioTimeout) {
    return toBuilder()
        .timestamp(heldSince(now))
        .ioTimeout(checkedIoTimeout(ioTimeout))
        .ownerId(hostId)
        .ownerGeneration(ownerGeneration + 1)
        .resourceName(ownerName)
        .build();
  }

  /** A renewal of this delta lease, with the event to send (5.3); now and ioTimeout as above. */
  public LeaderRecord deltaRenewed(long now, int ioTimeout, HostEvent event) {
    return toBuilder()
        .timestamp(heldSince(now))
        .ioTimeout(checkedIoTimeout(ioTimeout))
        .writeId(event.generation())
        .writeGeneration(event.event())
        .writeTimestamp(event.data())
        .build();
  }

  /**
   * A leave: this delta lease, the last one that this host wrote, set free (5.3). The bitmap of the
   * sector is to be written as zero.
   */
  public LeaderRecord deltaReleased() {
    return toBuilder().timestamp(0).build();
  }

  /**
   * This Paxos lease with the outcome of a ballot (6.6, step 3). SHORT_HOLD is set or cleared only
   * if the writer is the owner; else it stays.
   *
   * @param timestamp the owner's, as proposed in the ballot; 0 is refused since it means free
   * @param newNumHosts the new num_hosts, 0 to keep it
   * @throws IllegalArgumentException for timestamp 0, or more hosts than the area has room for
   */
  public LeaderRecord paxosOwned(
      long lver,
      long ownerId,
      long ownerGeneration,
      long timestamp,
      long writeId,
      long writeGeneration,
      long writeTimestamp,
      boolean shortHold,
      long newNumHosts) {
    if (timestamp == 0) {
      throw new IllegalArgumentException("an owned lease cannot have timestamp 0");
    }
    if (Long.compareUnsigned(newNumHosts, maxHosts) > 0) {
      throw new IllegalArgumentException(
          "num_hosts " + Long.toUnsignedString(newNumHosts) + " is above max_hosts " + maxHosts);
    }
    int ownFlags = shortHold ? flags | SHORT_HOLD : flags & ~SHORT_HOLD;
    return toBuilder()
        .flags(ownerId == writeId ? ownFlags : flags)
        .numHosts(newNumHosts == 0 ? numHosts : newNumHosts)
        .lver(lver)
        .ownerId(ownerId)
        .ownerGeneration(ownerGeneration)
        .timestamp(timestamp)
        .writeId(writeId)
        .writeGeneration(writeGeneration)
        .writeTimestamp(writeTimestamp)
        .build();
  }

  /**
   * This Paxos lease set free (6.6, step 3 of release): owner and lver stay.
   *
   * @param now CLOCK_MONOTONIC seconds of the writer
   * @param rename a new resource name, all 48 bytes
   */
  public LeaderRecord paxosReleased(
      long writeId, long writeGeneration, long now, Optional<Name> rename) {
    return toBuilder()
        .flags(flags & ~SHORT_HOLD)
        .resourceName(rename.orElse(resourceName))
        .timestamp(0)
        .writeId(writeId)
        .writeGeneration(writeGeneration)
        .writeTimestamp(now)
        .build();
  }

  /**
   * What replaces this Paxos lease when it is taken away for good: what an initialised lease of the
   * same names and sizes has, under the cleared magic (6.6). {@code now} is CLOCK_MONOTONIC
   * seconds.
   */
  public LeaderRecord cleared(long now) {
    return LeaderBuilder.zero()
        .magic(CLEARED_MAGIC)
        .version(PAXOS_VERSION)
        .flags(flags & Geometry.ALIGN_FLAGS)
        .sectorSize(sectorSize)
        .numHosts(numHosts)
        .maxHosts(maxHosts)
        .spaceName(spaceName)
        .resourceName(resourceName)
        .writeTimestamp(now)
        .build();
  }

  private static long heldSince(long now) {
    return Math.max(1, now);
  }

  private static int checkedIoTimeout(int ioTimeout) {
    if (ioTimeout < 1 || ioTimeout > 0xFF) {
      throw new IllegalArgumentException("io timeout " + ioTimeout + " is not in 1 to 255");
    }
    return ioTimeout;
  }
}
