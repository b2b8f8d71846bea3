// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.storage;

import dev.leasehold.ondisk.AreaImage;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a newly published lease file consists of.
 *
 * @param size bytes, a multiple of 512; allocated in full before the file gets its name, so that a
 *     later write cannot run out of space
 * @param pieces content by byte offset, each a multiple of the sector size long; the rest reads as
 *     zero. The arrays are not copied: do not change them.
 * @param mode permission bits, e.g. 0600
 * @param uid owner to set, if any
 * @param gid group to set, if any
 */
public record NewFile(
    long size, SortedMap<Long, byte[]> pieces, int mode, OptionalInt uid, OptionalInt gid) {

  private static final int SMALLEST_SECTOR = 512;
  private static final int OWNER_ONLY = 0600;

  /**
   * @throws IllegalArgumentException if a size or offset is not a multiple of 512, a piece is
   *     empty, reaches beyond the end or into the next one, or the mode has more than permission
   *     bits
   */
  public NewFile {
    pieces = Collections.unmodifiableSortedMap(new TreeMap<>(pieces));
    require(size > 0 && size % SMALLEST_SECTOR == 0, "size", size);
    require((mode & ~0777) == 0, "mode", mode);
    long free = 0;
    for (Map.Entry<Long, byte[]> piece : pieces.entrySet()) {
      long offset = piece.getKey();
      int length = piece.getValue().length;
      require(offset >= free && offset % SMALLEST_SECTOR == 0, "offset of a piece", offset);
      require(length > 0 && length % SMALLEST_SECTOR == 0, "length of a piece", length);
      require(length <= size - offset, "end of a piece", offset + length);
      free = offset + length;
    }
  }

  /** A file that is one area. */
  public static NewFile of(AreaImage image, int mode, OptionalInt uid, OptionalInt gid) {
    return new NewFile(image.geometry().alignSize(), image.pieces(), mode, uid, gid);
  }

  /** A file that is one area, for its owner alone. */
  public static NewFile of(AreaImage image) {
    return of(image, OWNER_ONLY, OptionalInt.empty(), OptionalInt.empty());
  }

  /** A file of {@code size} zeros, for its owner alone. */
  public static NewFile zeros(long size) {
    return new NewFile(size, new TreeMap<>(), OWNER_ONLY, OptionalInt.empty(), OptionalInt.empty());
  }

  private static void require(boolean holds, String what, long value) {
    if (!holds) {
      throw new IllegalArgumentException("a new file with a bad " + what + ": " + value);
    }
  }
}
