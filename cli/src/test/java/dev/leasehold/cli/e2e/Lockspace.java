// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.e2e;

import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A lockspace file from outside. */
final class Lockspace {
  private Lockspace() {}

  static LeaderRecord record(Path file, long hostId) {
    byte[] sector = new byte[512];
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.read(ByteBuffer.wrap(sector), Geometry.SECTOR_512.deltaOffset(hostId));
    } catch (IOException e) {
      return LeaderRecord.decode(MemorySegment.ofArray(new byte[512]), 0);
    }
    return LeaderRecord.decode(MemorySegment.ofArray(sector), 0);
  }

  static long generation(Path file, long hostId) {
    return record(file, hostId).ownerGeneration();
  }

  static boolean isHeld(Path file, long hostId) {
    return record(file, hostId).timestamp() != 0;
  }

  /** Makes every read and every renewal fail from now on. */
  static void fail(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
  }

  /** Overwrites a host's record with bytes that are none. */
  static void spoil(Path file, long hostId) throws IOException {
    byte[] rubbish = new byte[512];
    java.util.Arrays.fill(rubbish, (byte) 0x5A);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(rubbish), Geometry.SECTOR_512.deltaOffset(hostId));
      channel.force(true);
    }
  }
}
