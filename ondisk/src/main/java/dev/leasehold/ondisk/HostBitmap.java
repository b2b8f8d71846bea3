// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The hosts that a host has something for: 256 bytes at 256 of its delta sector, least significant
 * bit first (docs/spec/ondisk.md 5.5). Immutable.
 */
public final class HostBitmap {
  /** Where in the delta sector the bitmap is. */
  public static final int OFFSET = 256;

  /** Bytes of the bitmap. */
  public static final int SIZE = 256;

  /** The highest host id there is a bit for. No area has room for more than 2000 hosts. */
  public static final int MAX_HOST_ID = SIZE * Byte.SIZE;

  /** Nothing for anybody. */
  public static final HostBitmap EMPTY = new HostBitmap(new long[SIZE / Long.BYTES]);

  private final long[] words;

  private HostBitmap(long[] words) {
    this.words = words;
  }

  /**
   * The set of these host ids.
   *
   * @throws IllegalArgumentException if one is not in 1 to 2048
   */
  public static HostBitmap of(Collection<Long> hostIds) {
    long[] words = new long[SIZE / Long.BYTES];
    for (long hostId : hostIds) {
      words[word(hostId)] |= bit(hostId);
    }
    return new HostBitmap(words);
  }

  /** All host ids from 1 to {@code maxHosts}. */
  public static HostBitmap upTo(int maxHosts) {
    return of(LongStream.rangeClosed(1, maxHosts).boxed().collect(Collectors.toList()));
  }

  /** Reads the bitmap of the delta sector that starts at {@code sectorOffset}. */
  public static HostBitmap decode(MemorySegment segment, long sectorOffset) {
    long[] words = new long[SIZE / Long.BYTES];
    for (int i = 0; i < words.length; i++) {
      words[i] = Bytes.u64(segment, sectorOffset + OFFSET + (long) i * Long.BYTES);
    }
    return new HostBitmap(words);
  }

  /** Whether the delta sector at {@code sectorOffset} has the bit of a host, without an object. */
  public static boolean contains(MemorySegment segment, long sectorOffset, long hostId) {
    long at = sectorOffset + OFFSET + (long) word(hostId) * Long.BYTES;
    return (Bytes.u64(segment, at) & bit(hostId)) != 0;
  }

  /** Writes the 256 bytes into the delta sector that starts at {@code sectorOffset}. */
  public void encode(MemorySegment segment, long sectorOffset) {
    for (int i = 0; i < words.length; i++) {
      Bytes.putU64(segment, sectorOffset + OFFSET + (long) i * Long.BYTES, words[i]);
    }
  }

  // Eight little-endian bytes are one word with the same bit order: bit (id - 1) of the whole.
  private static int word(long hostId) {
    if (hostId < 1 || hostId > MAX_HOST_ID) {
      throw new IllegalArgumentException("no bit for host id " + Long.toUnsignedString(hostId));
    }
    return (int) ((hostId - 1) / Long.SIZE);
  }

  private static long bit(long hostId) {
    return 1L << ((hostId - 1) % Long.SIZE);
  }

  /** Whether the host's bit is set. */
  public boolean contains(long hostId) {
    return (words[word(hostId)] & bit(hostId)) != 0;
  }

  /** This set and one more host. */
  public HostBitmap with(long hostId) {
    long[] copy = words.clone();
    copy[word(hostId)] |= bit(hostId);
    return new HostBitmap(copy);
  }

  /** This set without a host. */
  public HostBitmap without(long hostId) {
    long[] copy = words.clone();
    copy[word(hostId)] &= ~bit(hostId);
    return new HostBitmap(copy);
  }

  /** Whether no bit is set. */
  public boolean isEmpty() {
    return Arrays.stream(words).allMatch(word -> word == 0);
  }

  /** How many bits are set. */
  public int size() {
    return Arrays.stream(words).mapToInt(Long::bitCount).sum();
  }

  /** The host ids, ascending. */
  public LongStream hostIds() {
    return LongStream.rangeClosed(1, MAX_HOST_ID).filter(this::contains);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HostBitmap bitmap && Arrays.equals(words, bitmap.words);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(words);
  }

  /** The host ids, with runs as {@code first..last}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (long id = 1; id <= MAX_HOST_ID; id++) {
      if (!contains(id)) {
        continue;
      }
      long last = id;
      while (last < MAX_HOST_ID && contains(last + 1)) {
        last++;
      }
      text.append(text.length() > 1 ? "," : "").append(id);
      if (last > id) {
        text.append("..").append(last);
      }
      id = last;
    }
    return text.append('}').toString();
  }
}
