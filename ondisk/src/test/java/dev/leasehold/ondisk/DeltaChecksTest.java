// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The mutations of a delta record in docs/spec/ondisk.md section 10, and what is refused beyond.
 */
class DeltaChecksTest {
  private static final Name LS0 = Name.of("LS0");
  private static final LeaderRecord RECORD = Golden.file("ls_host1_renewed.hex").leader(0);

  private static Arguments row(
      String change, Consumer<LeaderBuilder> mutation, ErrorCode read, ErrorCode join) {
    return Arguments.of(change, mutation, read, join);
  }

  private static Consumer<LeaderBuilder> space(String name) {
    return b -> b.spaceName(Name.ofBytes(name.getBytes(StandardCharsets.US_ASCII)));
  }

  static Stream<Arguments> mutations() {
    ErrorCode ok = ErrorCode.OK;
    ErrorCode magic = ErrorCode.LEADER_MAGIC;
    ErrorCode version = ErrorCode.LEADER_VERSION;
    ErrorCode space = ErrorCode.LEADER_LOCKSPACE;
    return Stream.of(
        row("none", b -> {}, ok, ok),
        row("magic 0", b -> b.magic(0), magic, magic),
        row("paxos magic", b -> b.magic(LeaderRecord.PAXOS_MAGIC), magic, magic),
        row("version 2.4", b -> b.version(0x00020004), version, version),
        row("version 4.4", b -> b.version(0x00040004), version, version),
        row("version 3.0", b -> b.version(0x00030000), ok, ok),
        row("version 3.3", b -> b.version(0x00030003), ok, ok),
        row("version 3.ffff", b -> b.version(0x0003FFFF), ok, ok),
        row("other name", space("LS1"), space, ok),
        row("a letter more", space("LS0x"), space, ok),
        row("a letter less", space("LS"), space, ok),
        row("garbage after NUL", space("LS0\0garbage"), ok, ok),
        row("sector_size 0", b -> b.sectorSize(0), ok, ErrorCode.LEADER_SECTORSIZE),
        row("sector_size 1024", b -> b.sectorSize(1024), ok, ErrorCode.LEADER_SECTORSIZE),
        row("flags 0", b -> b.flags(0), ok, ok),
        row("align 2M with 512", b -> b.flags(0x20), ok, ErrorCode.ADDLS_SIZES),
        row("align 8M with 512", b -> b.flags(0x80), ok, ErrorCode.ADDLS_SIZES),
        row("two align bits", b -> b.flags(0x30), ok, ok),
        row("other counts", b -> b.numHosts(9).maxHosts(7), ok, ok),
        row("unused1", b -> b.unused1(5), ok, ok),
        row("lver", b -> b.lver(77), ok, ok),
        // Beyond sanlock, which reads these as 1M: written by a newer one.
        row("unknown flags", b -> b.flags(0xFFFFFF10), version, version),
        row("flag of a paxos lease", b -> b.flags(0x11), version, version),
        row("one unknown flag", b -> b.flags(0x12), version, version));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mutations")
  void mutation(String change, Consumer<LeaderBuilder> mutation, ErrorCode read, ErrorCode sizes) {
    LeaderBuilder builder = RECORD.toBuilder();
    mutation.accept(builder);
    LeaderRecord mutated = builder.build();
    assertThat(Faults.of(() -> mutated.verifyDelta(LS0))).isEqualTo(read);
    assertThat(Faults.of(() -> mutated.verifyLockspaceSizes(1))).isEqualTo(sizes);
  }

  @Test
  void aCallerWithoutANameGetsNoNameCheck() {
    assertThat(
            Faults.of(
                () -> RECORD.toBuilder().spaceName(Name.of("X")).build().verifyDelta(Name.EMPTY)))
        .isEqualTo(ErrorCode.OK);
  }

  @Test
  void checksComeInOrder() {
    LeaderBuilder all = RECORD.toBuilder().magic(1).version(1).spaceName(Name.of("no"));
    assertThat(Faults.of(() -> all.withChecksum(1).verifyDelta(LS0)))
        .isEqualTo(ErrorCode.LEADER_MAGIC);
    all.magic(LeaderRecord.DELTA_MAGIC);
    assertThat(Faults.of(() -> all.withChecksum(1).verifyDelta(LS0)))
        .isEqualTo(ErrorCode.LEADER_VERSION);
    all.version(LeaderRecord.DELTA_VERSION).flags(0x100);
    assertThat(Faults.of(() -> all.withChecksum(1).verifyDelta(LS0)))
        .isEqualTo(ErrorCode.LEADER_VERSION);
    all.flags(0x10);
    assertThat(Faults.of(() -> all.withChecksum(1).verifyDelta(LS0)))
        .isEqualTo(ErrorCode.LEADER_LOCKSPACE);
    all.spaceName(LS0);
    assertThat(Faults.of(() -> all.withChecksum(1).verifyDelta(LS0)))
        .isEqualTo(ErrorCode.LEADER_CHECKSUM);
    assertThat(Faults.of(() -> all.build().verifyDelta(LS0))).isEqualTo(ErrorCode.OK);
  }

  @Test
  void sizesTellWhoMayJoin() throws LeaseException {
    assertThat(RECORD.verifyLockspaceSizes(2000)).isEqualTo(Geometry.SECTOR_512);
    assertThat(RECORD.verifyLockspaceSizes(0)).isEqualTo(Geometry.SECTOR_512);
    assertThat(Faults.of(() -> RECORD.verifyLockspaceSizes(2001)))
        .isEqualTo(ErrorCode.ADDLS_INVALID_HOSTID);
    assertThat(Faults.of(() -> RECORD.verifyLockspaceSizes(-1)))
        .isEqualTo(ErrorCode.ADDLS_INVALID_HOSTID);
    LeaderRecord small = LeaderRecord.freshDelta(LS0, Geometry.SECTOR_4K_1M, 10);
    assertThat(small.verifyLockspaceSizes(250)).isEqualTo(Geometry.SECTOR_4K_1M);
    assertThat(Faults.of(() -> small.verifyLockspaceSizes(251)))
        .isEqualTo(ErrorCode.ADDLS_INVALID_HOSTID);
  }

  @Test
  void everyFlippedBitThatMattersIsFound() {
    for (int bit = 0; bit < LeaderRecord.SIZE * 8; bit++) {
      MemorySegment bytes = MemorySegment.ofArray(new byte[LeaderRecord.SIZE]);
      RECORD.encode(bytes, 0);
      int at = bit / 8;
      bytes.set(
          ValueLayout.JAVA_BYTE,
          at,
          (byte) (bytes.get(ValueLayout.JAVA_BYTE, at) ^ (1 << (bit % 8))));
      LeaderRecord flipped = LeaderRecord.decode(bytes, 0);
      assertThat(Faults.of(() -> flipped.verifyDelta(LS0))).as("bit %s", bit).isEqualTo(at(bit));
    }
  }

  private static ErrorCode at(int bit) {
    int at = bit / 8;
    boolean isAlignBit = bit >= 8 * 8 + 4 && bit < 9 * 8;
    if (at < 4) {
      return ErrorCode.LEADER_MAGIC;
    } else if (at == 6 || at == 7 || (at >= 8 && at < 12 && !isAlignBit)) {
      return ErrorCode.LEADER_VERSION;
    } else if (at >= 56 && at < 60) {
      return ErrorCode.LEADER_LOCKSPACE;
    }
    return at < 172 ? ErrorCode.LEADER_CHECKSUM : ErrorCode.OK;
  }

  @Test
  void detailsNameWhatWasFoundAndExpected() {
    LeaderRecord other = RECORD.toBuilder().spaceName(Name.of("evil\n\u202Ename")).build();
    assertThat(Faults.detail(() -> other.verifyDelta(LS0)))
        .contains("lockspace name on disk is \"evil\\u000a\\u202ename\", expected \"LS0\"");
    assertThat(Faults.detail(() -> RECORD.toBuilder().magic(0).build().verifyDelta(LS0)))
        .contains("no lockspace here: magic is 0x00000000, expected 0x12212010");
    assertThat(Faults.detail(() -> RECORD.toBuilder().version(0x00050000).build().verifyDelta(LS0)))
        .hasValueSatisfying(
            text -> assertThat(text).contains("0x00050000", "newer sanlock", "not be touched"));
    assertThat(Faults.detail(() -> RECORD.toBuilder().version(0x00020000).build().verifyDelta(LS0)))
        .hasValueSatisfying(text -> assertThat(text).doesNotContain("newer"));
    assertThat(Faults.detail(() -> RECORD.toBuilder().flags(0x112).build().verifyDelta(LS0)))
        .hasValueSatisfying(
            text -> assertThat(text).contains("0x00000102", "newer sanlock", "not be touched"));
    assertThat(RECORD.toBuilder().flags(0x112).build().unknownFlags()).isEqualTo(0x102);
  }
}
