// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The content of a whole area as the few sectors that are not zero. Whoever writes it may write the
 * area whole, or allocate its space and write only the extents. Immutable.
 *
 * @param extents ascending, without overlap
 */
public record AreaImage(Geometry geometry, List<Extent> extents) {
  /**
   * Sectors of equal content.
   *
   * @param sector the first, counted from the start of the area
   * @param count how many
   * @param content one sector, read-only
   */
  public record Extent(int sector, int count, MemorySegment content) {
    /** Keeps the content from being written to. */
    public Extent {
      content = content.asReadOnly();
    }
  }

  /** Keeps the list from being changed. */
  public AreaImage {
    extents = List.copyOf(extents);
  }

  /**
   * The extents as they are written: bytes by offset from the start of the area. The caller owns
   * map and arrays.
   */
  public SortedMap<Long, byte[]> pieces() {
    int size = geometry.sectorSize();
    SortedMap<Long, byte[]> pieces = new TreeMap<>();
    for (Extent extent : extents) {
      byte[] sector = extent.content().toArray(ValueLayout.JAVA_BYTE);
      byte[] piece = new byte[extent.count() * size];
      for (int i = 0; i < extent.count(); i++) {
        System.arraycopy(sector, 0, piece, i * size, size);
      }
      pieces.put((long) extent.sector() * size, piece);
    }
    return pieces;
  }

  /** Writes the whole area at {@code offset}: extents and zeros. */
  public void writeTo(MemorySegment segment, long offset) {
    Bytes.zero(segment, offset, geometry.alignSize());
    for (Extent extent : extents) {
      for (int i = 0; i < extent.count(); i++) {
        long at = offset + (long) (extent.sector() + i) * geometry.sectorSize();
        MemorySegment.copy(extent.content(), 0, segment, at, geometry.sectorSize());
      }
    }
  }
}
