// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Any value of any record survives its bytes, in heap and native memory and at any place. */
class RoundTripTest {
  private static final int ROUNDS = 2_000;
  private static final int SPACE = 5_000;

  private final SplittableRandom random = Seeds.random("round trips");
  private Arena arena;
  private MemorySegment[] carriers;

  @BeforeEach
  void allocate() {
    arena = Arena.ofConfined();
    carriers = new MemorySegment[] {MemorySegment.ofArray(new byte[SPACE]), arena.allocate(SPACE)};
  }

  @AfterEach
  void free() {
    arena.close();
  }

  /** Encodes at a random place over noise, checks that nothing around it changed, and decodes. */
  private <T> void survive(
      int size, Function<SplittableRandom, T> make, Encoder<T> encoder, Decoder<T> decoder) {
    for (int round = 0; round < ROUNDS; round++) {
      MemorySegment carrier = carriers[round % carriers.length];
      byte[] noise = new byte[SPACE];
      random.nextBytes(noise);
      carrier.copyFrom(MemorySegment.ofArray(noise));
      int at = random.nextInt(SPACE - size);
      T value = make.apply(random);
      encoder.encode(value, carrier, at);
      assertThat(decoder.decode(carrier, at)).isEqualTo(value);
      assertThat(carrier.asSlice(0, at).mismatch(MemorySegment.ofArray(noise).asSlice(0, at)))
          .isEqualTo(-1);
      long end = (long) at + size;
      assertThat(carrier.asSlice(end).mismatch(MemorySegment.ofArray(noise).asSlice(end)))
          .isEqualTo(-1);
    }
  }

  @FunctionalInterface
  interface Encoder<T> {
    void encode(T value, MemorySegment segment, long at);
  }

  @FunctionalInterface
  interface Decoder<T> {
    T decode(MemorySegment segment, long at);
  }

  @Test
  void leaderRecord() {
    survive(LeaderRecord.SIZE, RoundTripTest::leader, LeaderRecord::encode, LeaderRecord::decode);
    survive(
        512,
        RoundTripTest::leader,
        (leader, segment, at) -> leader.encodeSector(segment, at, 512),
        LeaderRecord::decode);
  }

  @Test
  void deltaSector() {
    survive(
        4096,
        r -> new DeltaSector(leader(r), bitmap(r)),
        (sector, segment, at) -> sector.encode(segment, at, 4096),
        DeltaSector::decode);
  }

  @Test
  void dblockAndModeBlock() {
    survive(Dblock.SIZE, RoundTripTest::dblock, Dblock::encode, Dblock::decode);
    survive(ModeBlock.SIZE, RoundTripTest::mode, ModeBlock::encode, ModeBlock::decode);
    survive(
        512,
        r -> new HostSector(dblock(r), mode(r)),
        (sector, segment, at) -> sector.encode(segment, at, 512),
        HostSector::decode);
  }

  @Test
  void requestAndIndexRecords() {
    survive(
        RequestRecord.SIZE,
        r -> new RequestRecord(r.nextInt(), r.nextInt(), r.nextLong(), r.nextInt()),
        RequestRecord::encode,
        RequestRecord::decode);
    survive(
        RindexHeader.SIZE,
        r ->
            new RindexHeader(
                r.nextInt(),
                r.nextInt(),
                r.nextInt(),
                r.nextInt(),
                r.nextInt(),
                r.nextInt(),
                r.nextLong(),
                name(r)),
        RindexHeader::encode,
        RindexHeader::decode);
    survive(
        RindexEntry.SIZE,
        r -> new RindexEntry(r.nextLong(), r.nextInt(), r.nextInt(), name(r)),
        RindexEntry::encode,
        RindexEntry::decode);
  }

  @Test
  void holderNote() {
    survive(
        512,
        r -> Optional.of(note(r)),
        (note, segment, at) -> note.orElseThrow().encode(segment, at, 512),
        HolderNote::decode);
  }

  @Test
  void theChecksumOfARecordIsThatOfItsBytes() {
    MemorySegment bytes = carriers[1];
    for (int round = 0; round < ROUNDS; round++) {
      LeaderRecord leader = leader(random).withChecksum();
      leader.encode(bytes, 3);
      assertThat(leader.checksum()).isEqualTo(Checksum.of(bytes, 3, 168));
      assertThat(leader.computeChecksum()).isEqualTo(leader.checksum());
      Dblock dblock = dblock(random).withChecksum();
      dblock.encode(bytes, 3);
      assertThat(dblock.checksum()).isEqualTo(Checksum.of(bytes, 3, 48));
      assertThat(dblock.isValid()).isTrue();
      assertThat(Dblock.isUnused(bytes, 3)).isEqualTo(dblock.isUnused());
    }
  }

  private static LeaderRecord leader(SplittableRandom r) {
    return new LeaderRecord(
        r.nextInt(),
        r.nextInt(),
        r.nextInt(),
        r.nextInt(),
        r.nextLong(),
        r.nextLong(),
        r.nextLong(),
        r.nextLong(),
        r.nextLong(),
        name(r),
        name(r),
        r.nextLong(),
        r.nextLong(),
        r.nextInt(),
        r.nextInt(0x10000),
        r.nextInt(0x10000),
        r.nextLong(),
        r.nextLong(),
        r.nextLong());
  }

  private static Name name(SplittableRandom r) {
    byte[] bytes = new byte[r.nextInt(Name.SIZE + 1)];
    r.nextBytes(bytes);
    return Name.ofBytes(bytes);
  }

  private static HostBitmap bitmap(SplittableRandom r) {
    return HostBitmap.of(r.longs(r.nextInt(20), 1, 2049).boxed().toList());
  }

  private static Dblock dblock(SplittableRandom r) {
    return new Dblock(
        r.nextLong(),
        r.nextLong(),
        r.nextLong(),
        r.nextLong(),
        r.nextLong(),
        r.nextLong(),
        r.nextInt(),
        r.nextInt());
  }

  private static ModeBlock mode(SplittableRandom r) {
    return new ModeBlock(r.nextInt(), r.nextLong());
  }

  private static HolderNote note(SplittableRandom r) {
    return new HolderNote(
        r.nextBoolean(),
        r.nextBoolean(),
        r.nextLong(1, Long.MAX_VALUE),
        r.nextLong(),
        r.nextLong(),
        r.nextLong(HolderNote.LAST_SECOND + 1),
        r.nextLong(Long.MAX_VALUE),
        r.nextLong(),
        text(r),
        r.nextBoolean() ? Optional.of(new UUID(r.nextLong(), r.nextLong())) : Optional.empty(),
        text(r),
        text(r));
  }

  private static String text(SplittableRandom r) {
    return r.ints(r.nextInt(300), 0, Character.MAX_CODE_POINT + 1)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
