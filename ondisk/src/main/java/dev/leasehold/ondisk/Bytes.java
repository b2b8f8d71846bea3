// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Little-endian access at any alignment (docs/spec/ondisk.md section 1). */
final class Bytes {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Bytes() {}

  static int u16(MemorySegment segment, long offset) {
    return Short.toUnsignedInt(segment.get(U16, offset));
  }

  static int u32(MemorySegment segment, long offset) {
    return segment.get(U32, offset);
  }

  static long u64(MemorySegment segment, long offset) {
    return segment.get(U64, offset);
  }

  static void putU16(MemorySegment segment, long offset, int value) {
    segment.set(U16, offset, (short) value);
  }

  static void putU32(MemorySegment segment, long offset, int value) {
    segment.set(U32, offset, value);
  }

  static void putU64(MemorySegment segment, long offset, long value) {
    segment.set(U64, offset, value);
  }

  static void zero(MemorySegment segment, long offset, long length) {
    segment.asSlice(offset, length).fill((byte) 0);
  }

  static String hex(int value) {
    return String.format("0x%08x", value);
  }
}
