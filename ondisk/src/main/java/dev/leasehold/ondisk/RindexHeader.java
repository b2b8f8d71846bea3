// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;

/**
 * The header of a resource index: 80 bytes in the first sector of the index area
 * (docs/spec/ondisk.md 7.2). No checksum. Offsets are bytes on the device.
 *
 * @param flags the align size, with other bits than a leader record has
 * @param maxResources entries to be searched, unsigned; 0 is the limit of the geometry
 * @param rxOffset where this header is
 */
public record RindexHeader(
    int magic,
    int version,
    int flags,
    int sectorSize,
    int maxResources,
    int unused,
    long rxOffset,
    Name lockspaceName) {
  /** Bytes of the record. */
  public static final int SIZE = 80;

  /** First four bytes of every resource index. */
  public static final int MAGIC = 0x01042018;

  /** What is written today; only the high 16 bits are compared. */
  public static final int VERSION = 0x00010002;

  /** The flags that a header may have: align sizes of 1, 2, 4 and 8 MiB. */
  public static final int KNOWN_FLAGS = 0xF;

  /** How many resources an index has if nobody says. */
  public static final int DEFAULT_RESOURCES = 4096;

  private static final int MAJOR_MASK = 0xFFFF0000;
  private static final int MIB = 1 << 20;
  private static final int RESOURCES_PER_MIB = 16000;
  private static final int LOCKSPACE_NAME = 32;

  /**
   * The header of a new index.
   *
   * @param maxResources 0 gives the default of 4096, more than the limit gives the limit (7.3)
   * @throws IllegalArgumentException if the lockspace's name has 48 bytes, which sanlock does not
   *     find again (11.6), or {@code maxResources} is negative
   */
  public static RindexHeader fresh(
      Name lockspace, Geometry geometry, int maxResources, long rxOffset) {
    if (lockspace.length() == Name.SIZE) {
      throw new IllegalArgumentException(
          "the lockspace of an index has a name of at most 47 bytes");
    }
    if (maxResources < 0) {
      throw new IllegalArgumentException("max_resources " + maxResources + " is negative");
    }
    int wanted = maxResources == 0 ? DEFAULT_RESOURCES : maxResources;
    return new RindexHeader(
        MAGIC,
        VERSION,
        geometry.alignSize() / MIB,
        geometry.sectorSize(),
        Math.min(wanted, resourceLimit(geometry)),
        0,
        rxOffset,
        lockspace);
  }

  /** How many entries an index of this geometry may have: 16000 for each MiB (7.3). */
  public static int resourceLimit(Geometry geometry) {
    return RESOURCES_PER_MIB * (geometry.alignSize() / MIB);
  }

  /** Reads the 80 bytes at {@code offset}; nothing is checked. */
  public static RindexHeader decode(MemorySegment segment, long offset) {
    return new RindexHeader(
        Bytes.u32(segment, offset),
        Bytes.u32(segment, offset + 4),
        Bytes.u32(segment, offset + 8),
        Bytes.u32(segment, offset + 12),
        Bytes.u32(segment, offset + 16),
        Bytes.u32(segment, offset + 20),
        Bytes.u64(segment, offset + 24),
        Name.of(segment, offset + LOCKSPACE_NAME));
  }

  /** Writes the 80 bytes at {@code offset}. */
  public void encode(MemorySegment segment, long offset) {
    Bytes.putU32(segment, offset, magic);
    Bytes.putU32(segment, offset + 4, version);
    Bytes.putU32(segment, offset + 8, flags);
    Bytes.putU32(segment, offset + 12, sectorSize);
    Bytes.putU32(segment, offset + 16, maxResources);
    Bytes.putU32(segment, offset + 20, unused);
    Bytes.putU64(segment, offset + 24, rxOffset);
    lockspaceName.encode(segment, offset + LOCKSPACE_NAME);
  }

  /**
   * Checks the header in the order of docs/spec/ondisk.md 7.5.
   *
   * @throws LeaseException RINDEX_MAGIC, RINDEX_VERSION (also for unknown flags), RINDEX_LOCKSPACE,
   *     RINDEX_OFFSET
   */
  public void verify(Name lockspace, long expectedOffset) throws LeaseException {
    if (magic != MAGIC) {
      throw new LeaseException(
          ErrorCode.RINDEX_MAGIC,
          "no resource index here: magic is "
              + Bytes.hex(magic)
              + ", expected "
              + Bytes.hex(MAGIC));
    }
    if ((version & MAJOR_MASK) != (VERSION & MAJOR_MASK) || (flags & ~KNOWN_FLAGS) != 0) {
      throw new LeaseException(
          ErrorCode.RINDEX_VERSION,
          "the resource index has version "
              + Bytes.hex(version)
              + " and flags "
              + Bytes.hex(flags)
              + ", expected major version "
              + (VERSION >>> 16)
              + " and an align size alone: another sanlock version wrote it");
    }
    if (!lockspaceName.sameName(lockspace)) {
      throw new LeaseException(
          ErrorCode.RINDEX_LOCKSPACE,
          "lockspace name on disk is "
              + lockspaceName.quoted()
              + ", expected "
              + lockspace.quoted());
    }
    if (rxOffset != expectedOffset) {
      throw new LeaseException(
          ErrorCode.RINDEX_OFFSET,
          "the resource index says that it is at "
              + Long.toUnsignedString(rxOffset)
              + ", expected "
              + Long.toUnsignedString(expectedOffset));
    }
  }

  /**
   * The sizes of the index area, its private lease and its resources. A header without an align
   * size is refused: sanlock computes wrong places from it (11.8).
   *
   * @throws LeaseException EINVAL if the sizes are missing or do not exist
   */
  public Geometry geometry() throws LeaseException {
    int align = Integer.lowestOneBit(flags & KNOWN_FLAGS) * MIB;
    return Geometry.of(sectorSize, align)
        .orElseThrow(
            () ->
                new LeaseException(
                    ErrorCode.EINVAL,
                    "the resource index has flags "
                        + Bytes.hex(flags)
                        + " and a sector size of "
                        + Integer.toUnsignedString(sectorSize)
                        + ", and no such area exists"));
  }
}
