// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.cleanup;

import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HolderNote;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A look at a lease file through the page cache, which may be stale: for words, and for telling
 * what is worth a closer look. Nothing is removed on its account alone.
 *
 * @param content what it seems to be
 * @param owned whether the leader names an owner
 * @param disk the path in the last exclusive holder's note, empty if there is none
 */
record LeasePeek(Content content, boolean owned, String disk) {
  private static final int SECTOR = 4096;

  /** What a file seems to be. */
  enum Content {
    LEASE,
    CLEARED,
    /** Empty, too short for a leader record, or all zero. */
    UNFINISHED,
    OTHER
  }

  static LeasePeek at(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      byte[] head = read(channel, 0, SECTOR);
      if (head.length < SECTOR) {
        return new LeasePeek(isZero(head) ? Content.UNFINISHED : Content.OTHER, false, "");
      }
      LeaderRecord leader = LeaderRecord.decode(MemorySegment.ofArray(head), 0);
      if (leader.magic() == LeaderRecord.PAXOS_MAGIC) {
        return new LeasePeek(Content.LEASE, !leader.isFree(), noted(channel, leader));
      }
      if (leader.isCleared()) {
        return new LeasePeek(Content.CLEARED, false, noted(channel, leader));
      }
      boolean empty = isZero(head) && isAllZero(channel);
      return new LeasePeek(empty ? Content.UNFINISHED : Content.OTHER, false, "");
    }
  }

  private static String noted(FileChannel channel, LeaderRecord leader) throws IOException {
    try {
      Geometry geometry = Geometry.ofLeader(leader.flags(), leader.sectorSize());
      byte[] note = read(channel, geometry.noteOffset(), HolderNote.SIZE);
      return note.length < HolderNote.SIZE
          ? ""
          : HolderNote.decode(MemorySegment.ofArray(note), 0).map(HolderNote::diskPath).orElse("");
    } catch (LeaseException e) {
      return "";
    }
  }

  private static boolean isAllZero(FileChannel channel) throws IOException {
    byte[] part = read(channel, 0, 1 << 16);
    long at = 0;
    while (part.length > 0 && isZero(part)) {
      at += part.length;
      part = read(channel, at, 1 << 16);
    }
    return part.length == 0;
  }

  private static byte[] read(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    int got = 0;
    while (buffer.hasRemaining() && got >= 0) {
      got = channel.read(buffer, offset + buffer.position());
    }
    return java.util.Arrays.copyOf(buffer.array(), buffer.position());
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }
}
