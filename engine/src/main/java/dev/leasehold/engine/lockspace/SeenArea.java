// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The bytes of a lockspace area as last looked at. Most of an area was never used and holds the
 * same sector again and again, so it is kept in chunks, and a chunk that is like the one before it
 * is kept once: tens of KiB instead of the megabyte that a hundred lockspaces would have to pay a
 * hundred times. Not thread-safe.
 */
final class SeenArea {

  /** Bytes; a multiple of every sector size. */
  static final int CHUNK = 16 << 10;

  private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);

  private final long length;
  private final MemorySegment[] chunks;
  private final BitSet stale = new BitSet();

  /** Chunks whose memory no other chunk was ever given. */
  private final BitSet own = new BitSet();

  /**
   * @param length bytes of the area that are looked at, from its beginning
   */
  SeenArea(long length) {
    this.length = length;
    this.chunks = new MemorySegment[chunk(length + CHUNK - 1)];
    Arrays.fill(chunks, NOTHING);
  }

  private static int chunk(long offset) {
    return Math.toIntExact(offset / CHUNK);
  }

  private int lengthOf(int chunk) {
    return Math.toIntExact(Math.min(CHUNK, length - (long) chunk * CHUNK));
  }

  /**
   * The first byte at or after {@code from} that is not as it was; -1 if there is none. Everything
   * differs from an area that was never looked at.
   */
  long differsFrom(MemorySegment area, long from) {
    for (long at = from; at < length; at = (chunk(at) + 1L) * CHUNK) {
      int chunk = chunk(at);
      long start = (long) chunk * CHUNK;
      long end = start + lengthOf(chunk);
      MemorySegment seen = chunks[chunk];
      if (seen.equals(NOTHING)) {
        return markStale(at);
      }
      long differs = MemorySegment.mismatch(area, at, end, seen, at - start, end - start);
      if (differs >= 0) {
        return markStale(at + differs);
      }
    }
    return -1;
  }

  private long markStale(long at) {
    stale.set(chunk(at));
    return at;
  }

  /** Takes over what {@link #differsFrom} has found to differ, until it found no more. */
  void update(MemorySegment area) {
    for (int i = stale.nextSetBit(0); i >= 0; i = stale.nextSetBit(i + 1)) {
      chunks[i] = taken(area.asSlice((long) i * CHUNK, lengthOf(i)), i);
    }
    stale.clear();
  }

  private MemorySegment taken(MemorySegment bytes, int chunk) {
    if (chunk > 0 && bytes.mismatch(chunks[chunk - 1]) < 0) {
      own.clear(chunk - 1, chunk + 1);
      return chunks[chunk - 1];
    }
    if (own.get(chunk)) {
      return chunks[chunk].copyFrom(bytes);
    }
    own.set(chunk);
    byte[] fresh = new byte[Math.toIntExact(bytes.byteSize())];
    return MemorySegment.ofArray(fresh).copyFrom(bytes);
  }

  /** Bytes that it keeps. */
  long keptBytes() {
    long kept = 0;
    for (int i = 0; i < chunks.length; i++) {
      kept += i > 0 && chunks[i].equals(chunks[i - 1]) ? 0 : chunks[i].byteSize();
    }
    return kept;
  }
}
