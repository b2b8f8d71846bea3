// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/** The bytes of a holder's note (docs/holder-note.md). */
final class NoteCodec {
  /** "LEASENOT" as stored: no sanlock record starts with these four bytes. */
  static final long MAGIC = 0x544F4E455341454CL;

  static final int MAJOR = 1;
  static final int MINOR = 0;

  private static final int FLAG_SHARED = 0x1;
  private static final int FLAG_GUEST = 0x2;

  private static final int AT_MAJOR = 8;
  private static final int AT_MINOR = 10;
  private static final int AT_FLAGS = 12;
  private static final int AT_HOST_ID = 16;
  private static final int AT_GENERATION = 24;
  private static final int AT_LVER = 32;
  private static final int AT_ACQUIRED = 40;
  private static final int AT_PID = 48;
  private static final int AT_PID_START = 56;
  private static final int AT_UUID = 64;
  private static final int AT_TEXTS = 80;
  private static final int AT_CHECKSUM = HolderNote.SIZE - 4;

  /** Bytes that the three texts share, without their lengths. */
  static final int TEXT_SPACE = AT_CHECKSUM - AT_TEXTS - 3 * Short.BYTES;

  private NoteCodec() {}

  static void encode(HolderNote note, MemorySegment segment, long at) {
    Bytes.zero(segment, at, HolderNote.SIZE);
    Bytes.putU64(segment, at, MAGIC);
    Bytes.putU16(segment, at + AT_MAJOR, MAJOR);
    Bytes.putU16(segment, at + AT_MINOR, MINOR);
    Bytes.putU32(
        segment,
        at + AT_FLAGS,
        (note.shared() ? FLAG_SHARED : 0) | (note.guest() ? FLAG_GUEST : 0));
    Bytes.putU64(segment, at + AT_HOST_ID, note.hostId());
    Bytes.putU64(segment, at + AT_GENERATION, note.generation());
    Bytes.putU64(segment, at + AT_LVER, note.lver());
    Bytes.putU64(segment, at + AT_ACQUIRED, note.acquiredAt());
    Bytes.putU64(segment, at + AT_PID, note.pid());
    Bytes.putU64(segment, at + AT_PID_START, note.pidStart());
    note.guestUuid().ifPresent(uuid -> putUuid(segment, at + AT_UUID, uuid));
    long next = putText(segment, at + AT_TEXTS, note.holderName());
    next = putText(segment, next, note.hostName());
    putText(segment, next, note.diskPath());
    Bytes.putU32(segment, at + AT_CHECKSUM, Checksum.of(segment, at, AT_CHECKSUM));
  }

  static Optional<HolderNote> decode(MemorySegment segment, long at) {
    if (at < 0
        || segment.byteSize() - at < HolderNote.SIZE
        || Bytes.u64(segment, at) != MAGIC
        || Bytes.u16(segment, at + AT_MAJOR) != MAJOR
        || Bytes.u32(segment, at + AT_CHECKSUM) != Checksum.of(segment, at, AT_CHECKSUM)) {
      return Optional.empty();
    }
    long hostId = Bytes.u64(segment, at + AT_HOST_ID);
    long acquiredAt = Bytes.u64(segment, at + AT_ACQUIRED);
    long pid = Bytes.u64(segment, at + AT_PID);
    if (!HolderNote.isPlausible(hostId, acquiredAt, pid)) {
      return Optional.empty();
    }
    // Anybody can write a note with a right checksum: the texts are still not trusted.
    try {
      TextReader texts = new TextReader(segment.asSlice(at + AT_TEXTS, AT_CHECKSUM - AT_TEXTS));
      int flags = Bytes.u32(segment, at + AT_FLAGS);
      return Optional.of(
          new HolderNote(
              (flags & FLAG_SHARED) != 0,
              (flags & FLAG_GUEST) != 0,
              hostId,
              Bytes.u64(segment, at + AT_GENERATION),
              Bytes.u64(segment, at + AT_LVER),
              acquiredAt,
              pid,
              Bytes.u64(segment, at + AT_PID_START),
              texts.next(),
              uuid(segment, at + AT_UUID),
              texts.next(),
              texts.next()));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  // A UUID's bytes are in the order that it is printed in, unlike everything else here.
  private static void putUuid(MemorySegment segment, long at, UUID uuid) {
    Bytes.putU64(segment, at, Long.reverseBytes(uuid.getMostSignificantBits()));
    Bytes.putU64(segment, at + 8, Long.reverseBytes(uuid.getLeastSignificantBits()));
  }

  private static Optional<UUID> uuid(MemorySegment segment, long at) {
    long most = Long.reverseBytes(Bytes.u64(segment, at));
    long least = Long.reverseBytes(Bytes.u64(segment, at + 8));
    return most == 0 && least == 0 ? Optional.empty() : Optional.of(new UUID(most, least));
  }

  private static long putText(MemorySegment segment, long at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Bytes.putU16(segment, at, bytes.length);
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, at + Short.BYTES, bytes.length);
    return at + Short.BYTES + bytes.length;
  }

  /** Reads length-prefixed texts one after the other. */
  private static final class TextReader {
    private final MemorySegment texts;
    private long at;

    TextReader(MemorySegment texts) {
      this.texts = texts;
    }

    String next() throws CharacterCodingException {
      if (texts.byteSize() - at < Short.BYTES) {
        throw new CharacterCodingException();
      }
      int length = Bytes.u16(texts, at);
      long start = at + Short.BYTES;
      if (texts.byteSize() - start < length) {
        throw new CharacterCodingException();
      }
      at = start + length;
      byte[] bytes = texts.asSlice(start, length).toArray(ValueLayout.JAVA_BYTE);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }
}
