// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;

/**
 * What a ballot read brought in: a view of the first sectors of a resource area, up to and with the
 * host sector of the last host (docs/spec/ondisk.md 6.9). Sectors of hosts that never used the
 * lease cost a few loads each and make no object, so that scanning 2000 of them stays cheap.
 *
 * <p>A view: it changes when the segment does. As safe for use by threads as the segment is.
 */
public final class BallotArea {
  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[1 << 16]);

  private final MemorySegment segment;
  private final Geometry geometry;
  private final int numHosts;

  /** Is told of host sectors. */
  @FunctionalInterface
  public interface Visitor {
    /** A host's sector; its dblock is not checked. */
    void visit(long hostId, HostSector sector);
  }

  /**
   * The area in a segment that was read for it.
   *
   * @param segment starts at the leader and has at least {@code numHosts + 2} sectors
   * @param numHosts the num_hosts of a leader that passed {@link LeaderRecord#verifyPaxos}, or less
   * @throws IllegalArgumentException if the segment is too short, or the area cannot have that many
   */
  public BallotArea(MemorySegment segment, Geometry geometry, long numHosts) {
    if (numHosts < 0 || numHosts > geometry.maxHosts()) {
      throw new IllegalArgumentException(
          "an area for "
              + geometry.maxHosts()
              + " hosts cannot have "
              + Long.toUnsignedString(numHosts));
    }
    if (segment.byteSize() < (numHosts + 2) * geometry.sectorSize()) {
      throw new IllegalArgumentException(
          segment.byteSize() + " bytes do not hold the sectors of " + numHosts + " hosts");
    }
    this.segment = segment;
    this.geometry = geometry;
    this.numHosts = (int) numHosts;
  }

  /** How many hosts are scanned. */
  public int numHosts() {
    return numHosts;
  }

  /** The leader record; nothing is checked. */
  public LeaderRecord leader() {
    return LeaderRecord.decode(segment, 0);
  }

  /**
   * The first host, from this one on, whose sector is not all zero; above numHosts if there is
   * none. Compared in bulk: a loop over 2000 sectors would cost more than reading them.
   */
  private long touched(long hostId) {
    long first = geometry.hostSectorOffset(1);
    long end = first + (long) numHosts * geometry.sectorSize();
    long at = first + (hostId - 1) * geometry.sectorSize();
    while (at < end) {
      long length = Math.min(ZEROS.byteSize(), end - at);
      long differs = MemorySegment.mismatch(segment, at, at + length, ZEROS, 0, length);
      if (differs >= 0) {
        return (at + differs - first) / geometry.sectorSize() + 1;
      }
      at += length;
    }
    return numHosts + 1L;
  }

  private long offset(long hostId) {
    if (hostId < 1 || hostId > numHosts) {
      throw new IllegalArgumentException(
          "host id " + Long.toUnsignedString(hostId) + " is not in 1 to " + numHosts);
    }
    return geometry.hostSectorOffset(hostId);
  }

  /**
   * A host's sector; its dblock is not checked.
   *
   * @throws IllegalArgumentException if the host is not among those scanned
   */
  public HostSector hostSector(long hostId) {
    return HostSector.decode(segment, offset(hostId));
  }

  /** A host's dblock; it is not checked. */
  public Dblock dblock(long hostId) {
    return Dblock.decode(segment, offset(hostId));
  }

  /** A host's mode block. */
  public ModeBlock mode(long hostId) {
    return ModeBlock.decode(segment, offset(hostId) + HostSector.MODE_OFFSET);
  }

  /** Whether a host's dblock was never used; its mode block is not looked at. */
  public boolean isUnused(long hostId) {
    return Dblock.isUnused(segment, offset(hostId));
  }

  /** Whether a host's mode block says that it holds the lease shared. */
  public boolean isShared(long hostId) {
    return (Bytes.u32(segment, offset(hostId) + HostSector.MODE_OFFSET) & ModeBlock.SHARED) != 0;
  }

  /** Visits, by ascending host id, each host whose dblock was used or that is a shared holder. */
  public void forEachUsed(Visitor visitor) {
    for (long hostId = touched(1); hostId <= numHosts; hostId = touched(hostId + 1)) {
      if (!isUnused(hostId) || isShared(hostId)) {
        visitor.visit(hostId, hostSector(hostId));
      }
    }
  }

  /**
   * What the first read of an acquire brought, in one pass: a pass over 2000 sectors is a good part
   * of its cost.
   *
   * @param maxMbal as {@link #maxMbal()}
   * @param highestUsed the highest host whose dblock was used or that is a shared holder, else 0
   */
  public record Survey(long maxMbal, long highestUsed) {}

  /**
   * Checks every dblock, as {@link #verifyDblocks}, and looks at the whole.
   *
   * @throws LeaseException DBLOCK_CHECKSUM
   */
  public Survey survey() throws LeaseException {
    long max = 0;
    long highest = 0;
    for (long hostId = touched(1); hostId <= numHosts; hostId = touched(hostId + 1)) {
      boolean unused = isUnused(hostId);
      if (!unused) {
        Dblock dblock = verified(hostId);
        max = Long.compareUnsigned(dblock.mbal(), max) > 0 ? dblock.mbal() : max;
      }
      highest = unused && !isShared(hostId) ? highest : hostId;
    }
    return new Survey(max, highest);
  }

  /** The hosts that are shared holders. Dblocks are not checked for this (6.6). */
  public HostBitmap sharedHosts() {
    HostBitmap hosts = HostBitmap.EMPTY;
    for (long hostId = touched(1); hostId <= numHosts; hostId = touched(hostId + 1)) {
      if (isShared(hostId)) {
        hosts = hosts.with(hostId);
      }
    }
    return hosts;
  }

  /** The largest mbal, unsigned, of all valid dblocks; 0 if there is none. */
  public long maxMbal() {
    long max = 0;
    for (long hostId = touched(1); hostId <= numHosts; hostId = touched(hostId + 1)) {
      long mbal = Bytes.u64(segment, offset(hostId));
      if (Long.compareUnsigned(mbal, max) > 0 && dblock(hostId).isValid()) {
        max = mbal;
      }
    }
    return max;
  }

  /**
   * Checks every dblock, as the first read of an acquire must (6.9).
   *
   * @throws LeaseException DBLOCK_CHECKSUM, naming the first host whose dblock is invalid
   */
  public void verifyDblocks() throws LeaseException {
    for (long hostId = touched(1); hostId <= numHosts; hostId = touched(hostId + 1)) {
      if (!isUnused(hostId)) {
        verified(hostId);
      }
    }
  }

  private Dblock verified(long hostId) throws LeaseException {
    Dblock dblock = dblock(hostId);
    if (!dblock.isValid()) {
      throw new LeaseException(
          ErrorCode.DBLOCK_CHECKSUM,
          "the dblock of host id "
              + hostId
              + " has checksum "
              + Bytes.hex(dblock.checksum())
              + ", expected "
              + Bytes.hex(dblock.computeChecksum()));
    }
    return dblock;
  }
}
