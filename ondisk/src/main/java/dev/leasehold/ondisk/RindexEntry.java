// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;

/**
 * An entry of the resource index: 64 bytes (docs/spec/ondisk.md 7.3). No checksum.
 *
 * @param resOffset where the resource area is on the device, in bytes; readers go by the entry's
 *     number instead
 */
public record RindexEntry(long resOffset, int flags, int unused, Name name) {
  /** Bytes of the record. */
  public static final int SIZE = 64;

  /** A free entry: all zero. */
  public static final RindexEntry FREE = new RindexEntry(0, 0, 0, Name.EMPTY);

  private static final int NAME = 16;

  /** The entry of a resource. */
  public static RindexEntry of(long resOffset, Name name) {
    return new RindexEntry(resOffset, 0, 0, name);
  }

  /** Reads the 64 bytes at {@code offset}. */
  public static RindexEntry decode(MemorySegment segment, long offset) {
    return new RindexEntry(
        Bytes.u64(segment, offset),
        Bytes.u32(segment, offset + 8),
        Bytes.u32(segment, offset + 12),
        Name.of(segment, offset + NAME));
  }

  /** Writes the 64 bytes at {@code offset}. */
  public void encode(MemorySegment segment, long offset) {
    Bytes.putU64(segment, offset, resOffset);
    Bytes.putU32(segment, offset + 8, flags);
    Bytes.putU32(segment, offset + 12, unused);
    name.encode(segment, offset + NAME);
  }

  /** Whether the entry is free: no offset and no name; the other fields are not looked at. */
  public boolean isFree() {
    return resOffset == 0 && name.isEmpty();
  }
}
