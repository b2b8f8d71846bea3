// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;

/**
 * A host's sector in a resource area. It is always written whole, so a dblock cannot be written
 * without saying what becomes of the mode block, and the other way round (docs/spec/ondisk.md 6.6).
 */
public record HostSector(Dblock dblock, ModeBlock mode) {
  /** Where in the sector the mode block is. */
  public static final int MODE_OFFSET = 128;

  /** The sector of a host that never used the lease: all zero. */
  public static final HostSector EMPTY = new HostSector(Dblock.EMPTY, ModeBlock.NONE);

  /**
   * Reads the sector at {@code offset}. Only the named fields are looked at: the rest may hold
   * left-over memory (docs/spec/ondisk.md 6.7).
   */
  public static HostSector decode(MemorySegment segment, long offset) {
    return new HostSector(
        Dblock.decode(segment, offset), ModeBlock.decode(segment, offset + MODE_OFFSET));
  }

  /** Writes the whole sector at {@code offset}, everything else in it zero. */
  public void encode(MemorySegment segment, long offset, int sectorSize) {
    Bytes.zero(segment, offset, sectorSize);
    dblock.encode(segment, offset);
    mode.encode(segment, offset + MODE_OFFSET);
  }
}
