// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.util.Optional;

/**
 * The sizes of a lease area (docs/spec/ondisk.md section 2). Only the five pairs that exist can be
 * constructed. Sizes and offsets are bytes; offsets count from the start of the area.
 */
public record Geometry(int sectorSize, int alignSize) {
  private static final int MIB = 1 << 20;
  private static final int FLAG_1M = 0x10;
  private static final long LVB_SECTOR = 2002;

  /** The leader flag bits that carry the align size. */
  public static final int ALIGN_FLAGS = 0xF0;

  /** 512-byte sectors, 1 MiB, 2000 hosts: what files and most devices have. */
  public static final Geometry SECTOR_512 = new Geometry(512, MIB);

  /** 4096-byte sectors, 1 MiB, 250 hosts. */
  public static final Geometry SECTOR_4K_1M = new Geometry(4096, MIB);

  /** 4096-byte sectors, 2 MiB, 500 hosts. */
  public static final Geometry SECTOR_4K_2M = new Geometry(4096, 2 * MIB);

  /** 4096-byte sectors, 4 MiB, 1000 hosts. */
  public static final Geometry SECTOR_4K_4M = new Geometry(4096, 4 * MIB);

  /** 4096-byte sectors, 8 MiB, 2000 hosts: sanlock's default for 4 KiB devices. */
  public static final Geometry SECTOR_4K_8M = new Geometry(4096, 8 * MIB);

  /**
   * Refuses a pair that does not exist.
   *
   * @throws IllegalArgumentException for any other than the five pairs; for values from outside use
   *     {@link #of}
   */
  public Geometry {
    if (!isValid(sectorSize, alignSize)) {
      throw new IllegalArgumentException(
          "no lease area has sectors of " + sectorSize + " and an align size of " + alignSize);
    }
  }

  private static boolean isValid(int sectorSize, int alignSize) {
    boolean aligns =
        alignSize == MIB || alignSize == 2 * MIB || alignSize == 4 * MIB || alignSize == 8 * MIB;
    return (sectorSize == 512 && alignSize == MIB) || (sectorSize == 4096 && aligns);
  }

  /** The geometry of a pair, or empty if that pair does not exist. */
  public static Optional<Geometry> of(int sectorSize, int alignSize) {
    return isValid(sectorSize, alignSize)
        ? Optional.of(new Geometry(sectorSize, alignSize))
        : Optional.empty();
  }

  /**
   * The sizes that a leader record tells: the lowest align bit wins, and without one (records of
   * old versions) it is 1 MiB for 512 and 8 MiB for 4096 (docs/spec/ondisk.md section 2).
   *
   * @throws LeaseException LEADER_SECTORSIZE if the sector size is neither 512 nor 4096,
   *     ADDLS_SIZES if the pair does not exist
   */
  public static Geometry ofLeader(int flags, int sectorSize) throws LeaseException {
    if (sectorSize != 512 && sectorSize != 4096) {
      throw new LeaseException(
          ErrorCode.LEADER_SECTORSIZE,
          "the leader record gives a sector size of "
              + Integer.toUnsignedString(sectorSize)
              + ", expected 512 or 4096");
    }
    int align = alignOf(flags, sectorSize);
    return of(sectorSize, align)
        .orElseThrow(
            () ->
                new LeaseException(
                    ErrorCode.ADDLS_SIZES,
                    "the leader record gives sectors of "
                        + sectorSize
                        + " bytes with an align size of "
                        + align
                        + " bytes, and no such lease area exists"));
  }

  private static int alignOf(int flags, int sectorSize) {
    int bits = flags & ALIGN_FLAGS;
    if (bits == 0) {
      return sectorSize == 512 ? MIB : 8 * MIB;
    }
    return Integer.lowestOneBit(bits) / FLAG_1M * MIB;
  }

  /** The bit that a leader record of this geometry has in its flags. */
  public int alignFlag() {
    return FLAG_1M * (alignSize / MIB);
  }

  /** Sectors in the area. */
  public int sectors() {
    return alignSize / sectorSize;
  }

  /** How many hosts the area has room for; host ids are 1 to this. */
  public int maxHosts() {
    return sectorSize == 512 ? 2000 : 250 * (alignSize / MIB);
  }

  /** Whether this is a host id that the area has room for. Ids read from disk may not be. */
  public boolean isHostId(long hostId) {
    return hostId >= 1 && hostId <= maxHosts();
  }

  private long checkedHostId(long hostId) {
    if (!isHostId(hostId)) {
      throw new IllegalArgumentException(
          "host id " + Long.toUnsignedString(hostId) + " is not in 1 to " + maxHosts());
    }
    return hostId;
  }

  /**
   * Where a lockspace keeps the delta lease of a host: sector {@code hostId - 1}.
   *
   * @throws IllegalArgumentException if not {@link #isHostId}
   */
  public long deltaOffset(long hostId) {
    return (checkedHostId(hostId) - 1) * sectorSize;
  }

  /**
   * Where a resource keeps the dblock and mode block of a host: sector {@code hostId + 1}.
   *
   * @throws IllegalArgumentException if not {@link #isHostId}
   */
  public long hostSectorOffset(long hostId) {
    return (checkedHostId(hostId) + 1) * sectorSize;
  }

  /** Where a resource keeps its request record. */
  public long requestOffset() {
    return sectorSize;
  }

  /** Whether the area has room for a lock value block; only areas of 2048 sectors have. */
  public boolean lvbFits() {
    return LVB_SECTOR < sectors();
  }

  /**
   * Where a resource keeps its lock value block.
   *
   * @throws IllegalStateException if there is none ({@link #lvbFits}): sanlock then uses a sector
   *     outside the lease, which overwrites its neighbours (docs/spec/ondisk.md 6.8 and 11.1)
   */
  public long lvbOffset() {
    if (!lvbFits()) {
      throw new IllegalStateException(
          "a lease of this geometry has no room for a lock value block");
    }
    return LVB_SECTOR * sectorSize;
  }

  /**
   * How many bytes a ballot reads from the start of the area: the smallest power of two of sectors
   * that holds leader, request record and {@code numHosts} host sectors (docs/spec/ondisk.md 6.9),
   * at most the area.
   *
   * @param numHosts the leader's num_hosts, unsigned; any value is safe
   */
  public int ballotReadLength(long numHosts) {
    if (Long.compareUnsigned(numHosts, maxHosts()) >= 0) {
      return alignSize;
    }
    int needed = (int) numHosts + 2;
    int sectors = Integer.highestOneBit(needed - 1) << 1;
    return Math.min(sectors * sectorSize, alignSize);
  }

  /** The first sector of a resource area that sanlock never uses, after all host sectors. */
  private int firstSpareSector() {
    return (lvbFits() ? (int) LVB_SECTOR : maxHosts() + 1) + 1;
  }

  /**
   * How many sectors are set aside for holder's notes: one for the exclusive owner and up to 32 for
   * shared holders. At least one spare sector is left for later use.
   */
  public int noteSlots() {
    return Math.min(33, sectors() - firstSpareSector() - 1);
  }

  /** Where the exclusive owner's {@link HolderNote} is. The slots for shared holders follow it. */
  public long noteOffset() {
    return (long) firstSpareSector() * sectorSize;
  }

  /**
   * Where a shared holder's {@link HolderNote} is. Host ids are spread over the slots, so two hosts
   * may have one slot; the last to write is seen.
   *
   * @throws IllegalArgumentException if not {@link #isHostId}
   */
  public long sharedNoteOffset(long hostId) {
    long slot = 1 + (checkedHostId(hostId) - 1) % (noteSlots() - 1);
    return noteOffset() + slot * sectorSize;
  }

  /** Bytes from {@link #noteOffset} that hold all notes. */
  public int noteAreaLength() {
    return noteSlots() * sectorSize;
  }
}
