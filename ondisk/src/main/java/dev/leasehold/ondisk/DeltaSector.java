// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;

/**
 * A host's sector in a lockspace: its delta lease and the hosts it has something for
 * (docs/spec/ondisk.md 5.1). It is always written whole.
 */
public record DeltaSector(LeaderRecord leader, HostBitmap bitmap) {
  /** Reads the sector at {@code offset}; nothing is checked. */
  public static DeltaSector decode(MemorySegment segment, long offset) {
    return new DeltaSector(
        LeaderRecord.decode(segment, offset), HostBitmap.decode(segment, offset));
  }

  /** Writes the whole sector at {@code offset}, everything else in it zero. */
  public void encode(MemorySegment segment, long offset, int sectorSize) {
    Bytes.zero(segment, offset, sectorSize);
    leader.encode(segment, offset);
    bitmap.encode(segment, offset);
  }
}
