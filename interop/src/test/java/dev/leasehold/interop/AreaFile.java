// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.DeltaSector;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.RequestRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** The bytes of a lease area as they were at one moment. */
record AreaFile(MemorySegment bytes, Geometry geometry) {

  /** Reads a whole file, past nothing: every writer here uses direct I/O on a local file. */
  static AreaFile read(Path file, Geometry geometry) {
    try {
      return new AreaFile(MemorySegment.ofArray(Files.readAllBytes(file)), geometry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of 512-byte sectors. */
  static AreaFile read(Path file) {
    return read(file, Geometry.SECTOR_512);
  }

  LeaderRecord leader() {
    return LeaderRecord.decode(bytes, 0);
  }

  RequestRecord request() {
    return RequestRecord.decode(bytes, geometry.requestOffset());
  }

  HostSector host(long hostId) {
    return HostSector.decode(bytes, geometry.hostSectorOffset(hostId));
  }

  DeltaSector delta(long hostId) {
    return DeltaSector.decode(bytes, geometry.deltaOffset(hostId));
  }

  byte[] array() {
    return bytes.toArray(ValueLayout.JAVA_BYTE);
  }

  /** In which sectors two areas differ, in words; empty if they are equal. */
  static List<String> differences(byte[] ours, byte[] theirs, Geometry geometry) {
    assertThat(ours).hasSameSizeAs(theirs);
    List<String> words = new ArrayList<>();
    int size = geometry.sectorSize();
    for (int at = 0; at < ours.length; at += size) {
      int first = Arrays.mismatch(ours, at, at + size, theirs, at, at + size);
      if (first >= 0) {
        int from = at + first / 16 * 16;
        words.add(
            "sector %d, byte %d: ours %s, theirs %s"
                .formatted(at / size, first, hex(ours, from), hex(theirs, from)));
      }
    }
    return words;
  }

  private static String hex(byte[] bytes, int from) {
    return HexFormat.of().formatHex(bytes, from, from + 16);
  }

  /**
   * A resource area without what differs from run to run: times, checksums over them, padding that
   * the C program leaves undefined, and our own notes.
   */
  byte[] resourceWithoutTimes() {
    MemorySegment copy = MemorySegment.ofArray(array());
    LeaderRecord leader = leader();
    require(leader.computeChecksum() == leader.checksum(), "leader");
    leader.toBuilder()
        .timestamp(Math.min(1, leader.timestamp()))
        .writeTimestamp(Math.min(1, leader.writeTimestamp()))
        .build()
        .encode(copy, 0);
    copy.asSlice(geometry.requestOffset() + 20, 4).fill((byte) 0);
    for (long host = 1; host <= geometry.maxHosts(); host++) {
      long at = geometry.hostSectorOffset(host);
      Dblock block = Dblock.decode(copy, at);
      if (!block.isUnused()) {
        require(block.isValid(), "dblock of host " + host);
        clearHostPadding(copy, at);
        new Dblock(
                block.mbal(),
                block.bal(),
                block.inp(),
                block.inp2(),
                Math.min(1, block.inp3()),
                block.lver(),
                0,
                block.flags())
            .withChecksum()
            .encode(copy, at);
      }
    }
    copy.asSlice(geometry.noteOffset(), geometry.noteAreaLength()).fill((byte) 0);
    return copy.toArray(ValueLayout.JAVA_BYTE);
  }

  private static void require(boolean right, String what) {
    if (!right) {
      throw new AssertionError("bad checksum: " + what);
    }
  }

  // docs/spec/ondisk.md 6.7
  private void clearHostPadding(MemorySegment copy, long at) {
    copy.asSlice(at + 56, 72).fill((byte) 0);
    copy.asSlice(at + 132, 4).fill((byte) 0);
    copy.asSlice(at + 144, geometry.sectorSize() - 144L).fill((byte) 0);
  }
}
