// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.verify;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What a participant writes into one sector. Every word of the sector depends on the others, so
 * that a sector of which only a part arrived can be told.
 *
 * @param kind what it stands for
 * @param number rises
 * @param owner who wrote it
 * @param version a second number, by kind
 * @param nanos the writer's CLOCK_MONOTONIC
 */
record Stamp(long kind, long number, long owner, long version, long nanos) {
  static final long ALIVE = 1;
  static final long FINISHED = 2;
  static final long BEGIN = 3;
  static final long END = 4;
  static final long LEAVING = 5;

  private static final long MAGIC = 0x7665_7269_6679_2121L;
  private static final int FIELDS = 6;
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** What a sector holds. */
  sealed interface Content {
    /** Nothing was written yet. */
    record Empty() implements Content {}

    /** A whole stamp. */
    record Whole(Stamp stamp) implements Content {}

    /** Parts of several, or something else. */
    record Torn() implements Content {}
  }

  private long seed() {
    long mixed = kind * 31 + number;
    mixed = mixed * 31 + owner;
    mixed = mixed * 31 + version;
    return mixed * 31 + nanos;
  }

  private static long filler(long seed, int index) {
    long word = seed + index * 0x9E37_79B9_7F4A_7C15L;
    word = (word ^ (word >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    return word ^ (word >>> 27);
  }

  /** Fills a sector of these bytes. */
  void write(MemorySegment sector) {
    long[] fields = {MAGIC, kind, number, owner, version, nanos};
    int words = (int) (sector.byteSize() / Long.BYTES);
    for (int i = 0; i < words; i++) {
      long word = i < FIELDS ? fields[i] : filler(seed(), i);
      sector.set(WORD, (long) i * Long.BYTES, word);
    }
  }

  /** Reads a sector. */
  static Content read(MemorySegment sector) {
    int words = (int) (sector.byteSize() / Long.BYTES);
    if (word(sector, 0) != MAGIC) {
      for (int i = 0; i < words; i++) {
        if (word(sector, i) != 0) {
          return new Content.Torn();
        }
      }
      return new Content.Empty();
    }
    Stamp stamp =
        new Stamp(
            word(sector, 1), word(sector, 2), word(sector, 3), word(sector, 4), word(sector, 5));
    for (int i = FIELDS; i < words; i++) {
      if (word(sector, i) != filler(stamp.seed(), i)) {
        return new Content.Torn();
      }
    }
    return new Content.Whole(stamp);
  }

  private static long word(MemorySegment sector, int index) {
    return sector.get(WORD, (long) index * Long.BYTES);
  }
}
