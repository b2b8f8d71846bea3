// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HolderNoteTest {
  private static final long WHEN = Instant.parse("2025-03-04T10:21:07Z").getEpochSecond();
  private static final UUID GUEST = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final HolderNote NOTE = note(false, "web1", "kvm3", "/srv/a.qcow2");

  private static HolderNote note(boolean shared, String holder, String host, String path) {
    return new HolderNote(
        shared, true, 3, 7, 12, WHEN, 4242, 99_887, holder, Optional.of(GUEST), host, path);
  }

  private static MemorySegment encoded(HolderNote note) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[512]);
    note.encode(bytes, 0, 512);
    return bytes;
  }

  @Test
  void bytesAreAsDocumented() {
    byte[] bytes = encoded(NOTE).toArray(ValueLayout.JAVA_BYTE);
    String expected =
        "4c454153454e4f54" // LEASENOT
            + "0100"
            + "0000"
            + "02000000"
            + "0300000000000000"
            + "0700000000000000"
            + "0c00000000000000"
            + HexFormat.of().formatHex(littleEndian(WHEN))
            + "9210000000000000"
            + "2f86010000000000"
            + "00112233445566778899aabbccddeeff"
            + "0400"
            + "77656231"
            + "0400"
            + "6b766d33"
            + "0c00"
            + "2f7372762f612e71636f7732";
    assertThat(HexFormat.of().formatHex(bytes)).startsWith(expected + "00000000");
    assertThat(Bytes.u32(MemorySegment.ofArray(bytes), 508))
        .isEqualTo(Checksum.of(MemorySegment.ofArray(bytes), 0, 508));
  }

  private static byte[] littleEndian(long value) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[8]);
    Bytes.putU64(bytes, 0, value);
    return bytes.toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void inWordsAsAnOperatorWantsThem() {
    Instant sameDay = Instant.parse("2025-03-04T23:00:00Z");
    Instant nextDay = Instant.parse("2025-03-05T00:00:00Z");
    assertThat(NOTE.inWords(sameDay, ZoneOffset.UTC))
        .isEqualTo("guest web1 (pid 4242) on host kvm3 (host id 3) since 10:21:07");
    assertThat(NOTE.inWords(nextDay, ZoneOffset.UTC))
        .isEqualTo("guest web1 (pid 4242) on host kvm3 (host id 3) since 2025-03-04 10:21:07");
    assertThat(NOTE.inWords(sameDay.minusSeconds(36_000), ZoneId.of("Asia/Tokyo")))
        .endsWith("since 19:21:07");
    HolderNote bare =
        new HolderNote(false, false, 3, 7, 12, WHEN, 0, 0, "", Optional.empty(), "", "");
    assertThat(bare.inWords(sameDay, ZoneOffset.UTC))
        .isEqualTo("a process on host (host id 3) since 10:21:07");
  }

  @Test
  void tooLongTextsAreCutWhereTheyTellLeast() {
    HolderNote long1 = note(false, "w".repeat(4000), "k".repeat(4000), "/x".repeat(4000) + "/end");
    assertThat(long1.holderName()).startsWith("www").endsWith("w…");
    assertThat(utf8(long1.holderName())).isEqualTo(HolderNote.MAX_HOLDER_NAME);
    assertThat(utf8(long1.hostName())).isEqualTo(HolderNote.MAX_HOST_NAME);
    assertThat(long1.diskPath()).startsWith("…").endsWith("/x/end");
    assertThat(utf8(long1.diskPath())).isEqualTo(230);
    assertThat(HolderNote.decode(encoded(long1), 0)).contains(long1);

    // Short names leave their room to the path; nothing is cut inside a character.
    HolderNote long2 = note(false, "w", "k", "ä€😀".repeat(100));
    assertThat(utf8(long2.diskPath())).isBetween(417, 420);
    assertThat(long2.diskPath()).endsWith("ä€😀").doesNotContain("\uFFFD");
    assertThat(HolderNote.decode(encoded(long2), 0)).contains(long2);
    HolderNote exact = note(false, "w", "k", "p".repeat(420));
    assertThat(exact.diskPath()).isEqualTo("p".repeat(420));
  }

  private static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  @Test
  void textsCannotUpsetATerminal() {
    HolderNote evil = note(false, "a\u001B[2J\n\u202Eb", "\uD800x", "/\0\u2028");
    assertThat(evil.holderName()).isEqualTo("a\uFFFD[2J\uFFFD\uFFFDb");
    assertThat(evil.hostName()).isEqualTo("\uFFFDx");
    assertThat(evil.diskPath()).isEqualTo("/\uFFFD\uFFFD");
  }

  @Test
  void aNoteDescribesOnlyTheOwnerOfNow() {
    LeaderRecord leader =
        LeaderRecord.freshPaxos(Name.of("LS0"), Name.of("R"), Geometry.SECTOR_512, 0)
            .paxosOwned(12, 3, 7, 50, 3, 7, 50, false, 0);
    assertThat(NOTE.describes(leader)).isTrue();
    assertThat(NOTE.describes(leader.toBuilder().lver(13).build())).isFalse();
    assertThat(NOTE.describes(leader.toBuilder().ownerId(4).build())).isFalse();
    assertThat(NOTE.describes(leader.toBuilder().ownerGeneration(8).build())).isFalse();
    assertThat(NOTE.describes(leader.paxosReleased(3, 7, 60, Optional.empty()))).isFalse();
    assertThat(NOTE.describes(leader.toBuilder().magic(LeaderRecord.CLEARED_MAGIC).build()))
        .isFalse();
    assertThat(note(true, "web1", "kvm3", "").describes(leader)).isFalse();
  }

  @Test
  void aNoteDescribesOnlyTheSharedHolderOfNow() {
    HolderNote shared = note(true, "web1", "kvm3", "");
    Dblock dblock = Dblock.phase1(3, 12).phase2(3, 7, 50).released();
    HostSector sector = new HostSector(dblock, ModeBlock.shared(7));
    assertThat(shared.describes(3, sector)).isTrue();
    assertThat(shared.describes(4, sector)).isFalse();
    assertThat(shared.describes(3, new HostSector(dblock, ModeBlock.shared(8)))).isFalse();
    assertThat(shared.describes(3, new HostSector(dblock, ModeBlock.NONE))).isFalse();
    assertThat(shared.describes(3, new HostSector(Dblock.phase1(1, 13), ModeBlock.shared(7))))
        .isFalse();
    assertThat(NOTE.describes(3, sector)).isFalse();
  }

  @Test
  void anyFlippedBitMakesItNoNote() {
    for (int bit = 0; bit < 512 * 8; bit++) {
      MemorySegment bytes = encoded(NOTE);
      int at = bit / 8;
      byte flipped = (byte) (bytes.get(ValueLayout.JAVA_BYTE, at) ^ (1 << (bit % 8)));
      bytes.set(ValueLayout.JAVA_BYTE, at, flipped);
      assertThat(HolderNote.decode(bytes, 0)).as("bit %s", bit).isEmpty();
    }
  }

  /** Anybody can compute a checksum: nonsense under a right one is still no exception. */
  @Test
  void nonsenseWithARightChecksumNeverThrows() {
    SplittableRandom random = Seeds.random("note nonsense");
    int understood = 0;
    for (int round = 0; round < 20_000; round++) {
      MemorySegment bytes = encoded(NOTE);
      for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
        bytes.set(ValueLayout.JAVA_BYTE, random.nextInt(8, 508), (byte) random.nextInt(256));
      }
      Bytes.putU32(bytes, 508, Checksum.of(bytes, 0, 508));
      Optional<HolderNote> note = HolderNote.decode(bytes, 0);
      understood += note.isPresent() ? 1 : 0;
      note.ifPresent(n -> assertThat(n.inWords(Instant.EPOCH, ZoneOffset.MAX)).isNotEmpty());
    }
    assertThat(understood).isBetween(1, 19_999);
  }

  @Test
  void aHigherMinorVersionIsReadAndAnotherMajorIsNot() {
    MemorySegment bytes = encoded(NOTE);
    Bytes.putU16(bytes, 10, 9);
    Bytes.putU32(bytes, 12, 0xFFFFFFF2);
    Bytes.putU32(bytes, 500, 77);
    Bytes.putU32(bytes, 508, Checksum.of(bytes, 0, 508));
    assertThat(HolderNote.decode(bytes, 0)).contains(NOTE);
    Bytes.putU16(bytes, 8, 2);
    Bytes.putU32(bytes, 508, Checksum.of(bytes, 0, 508));
    assertThat(HolderNote.decode(bytes, 0)).isEmpty();
  }

  @Test
  void emptySectorsAndShortSegmentsHaveNoNote() {
    assertThat(HolderNote.decode(MemorySegment.ofArray(new byte[512]), 0)).isEmpty();
    assertThat(HolderNote.decode(MemorySegment.ofArray(new byte[511]), 0)).isEmpty();
    assertThat(HolderNote.decode(encoded(NOTE), 1)).isEmpty();
    assertThat(HolderNote.decode(encoded(NOTE), -1)).isEmpty();
  }

  @Test
  void impossibleNumbersAreRefused() {
    Optional<UUID> none = Optional.empty();
    Faults.assertRefused(() -> new HolderNote(false, true, 0, 1, 1, 1, 1, 1, "", none, "", ""));
    Faults.assertRefused(() -> new HolderNote(false, true, 1, 1, 1, -1, 1, 1, "", none, "", ""));
    Faults.assertRefused(() -> new HolderNote(false, true, 1, 1, 1, 1, -1, 1, "", none, "", ""));
    Faults.assertRefused(
        () -> new HolderNote(false, true, 1, 1, 1, Long.MAX_VALUE, 1, 1, "", none, "", ""));
  }
}
