// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/**
 * The checksum of leader records and dblocks: the reflected CRC-32C table walk with seed 0xFFFFFFFE
 * and no final complement (docs/spec/ondisk.md section 3). Stateless and safe for use from any
 * thread.
 */
public final class Checksum {
  private static final int SEED = 0xFFFFFFFE;
  private static final int POLYNOMIAL = 0x82F63B78;
  private static final int[] TABLE = table();

  // What the other seed makes of it after so many bytes; depends on the length alone.
  private static final int LEADER_DIFFERENCE = 0xDAECE73E;
  private static final int DBLOCK_DIFFERENCE = 0x1C291D04;

  private Checksum() {}

  /**
   * The checksum of {@code length} bytes from {@code offset}.
   *
   * @throws IndexOutOfBoundsException if the segment has fewer bytes
   */
  public static int of(MemorySegment segment, long offset, long length) {
    MemorySegment covered = segment.asSlice(offset, length);
    if (length == LeaderRecord.CHECKSUM_LENGTH) {
      return processor(covered) ^ LEADER_DIFFERENCE;
    }
    if (length == Dblock.CHECKSUM_LENGTH) {
      return processor(covered) ^ DBLOCK_DIFFERENCE;
    }
    return walk(covered);
  }

  /** The usual CRC-32C without its final complement, by the processor's own instruction. */
  private static int processor(MemorySegment covered) {
    CRC32C crc = new CRC32C();
    crc.update(covered.asByteBuffer());
    return ~(int) crc.getValue();
  }

  private static int walk(MemorySegment covered) {
    int crc = SEED;
    for (long at = 0; at < covered.byteSize(); at++) {
      crc = TABLE[(crc ^ covered.get(ValueLayout.JAVA_BYTE, at)) & 0xFF] ^ (crc >>> 8);
    }
    return crc;
  }

  private static int[] table() {
    int[] table = new int[256];
    for (int value = 0; value < table.length; value++) {
      int crc = value;
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
      }
      table[value] = crc;
    }
    return table;
  }
}
