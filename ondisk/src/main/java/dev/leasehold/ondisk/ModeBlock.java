// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;

/**
 * Whether a host holds a lease shared: 16 bytes at 128 of its host sector (docs/spec/ondisk.md
 * 6.5). No checksum. The padding at 132 is ignored on reading and written as zero.
 *
 * @param generation the host's generation when it took the lease
 */
public record ModeBlock(int flags, long generation) {
  /** Bytes of the record. */
  public static final int SIZE = 16;

  /** Set when the host holds the lease shared. */
  public static final int SHARED = 0x1;

  /** Not shared. */
  public static final ModeBlock NONE = new ModeBlock(0, 0);

  /** The block of a host that takes the lease shared. */
  public static ModeBlock shared(long generation) {
    return new ModeBlock(SHARED, generation);
  }

  /** Reads the 16 bytes at {@code offset}, which is the start of the block, not of the sector. */
  public static ModeBlock decode(MemorySegment segment, long offset) {
    return new ModeBlock(Bytes.u32(segment, offset), Bytes.u64(segment, offset + 8));
  }

  /** Writes the 16 bytes at {@code offset}. */
  public void encode(MemorySegment segment, long offset) {
    Bytes.putU32(segment, offset, flags);
    Bytes.putU32(segment, offset + 4, 0);
    Bytes.putU64(segment, offset + 8, generation);
  }

  /** Whether the host is listed as a shared holder. */
  public boolean isShared() {
    return (flags & SHARED) != 0;
  }

  /** Whether it stands in the way of an exclusive holder: shared with a generation (6.5). */
  public boolean blocksExclusive() {
    return isShared() && generation != 0;
  }
}
