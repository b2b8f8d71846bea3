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

/** The mutations of a Paxos leader in docs/spec/ondisk.md section 10, and section 11.4. */
class PaxosChecksTest {
  private static final Name LS0 = Name.of("LS0");
  private static final Name RES1 = Name.of("RES1");
  private static final LeaderRecord RECORD = Golden.file("res_ex_host1.hex").leader(0);

  private static Arguments row(
      String change, Consumer<LeaderBuilder> mutation, ErrorCode read, ErrorCode acquire) {
    return Arguments.of(change, mutation, read, acquire);
  }

  private static Name raw(String name) {
    return Name.ofBytes(name.getBytes(StandardCharsets.US_ASCII));
  }

  static Stream<Arguments> mutations() {
    ErrorCode ok = ErrorCode.OK;
    ErrorCode magic = ErrorCode.LEADER_MAGIC;
    ErrorCode version = ErrorCode.LEADER_VERSION;
    ErrorCode space = ErrorCode.LEADER_LOCKSPACE;
    ErrorCode resource = ErrorCode.LEADER_RESOURCE;
    ErrorCode hosts = ErrorCode.LEADER_NUMHOSTS;
    ErrorCode sizes = ErrorCode.LEADER_SECTORSIZE;
    return Stream.of(
        row("none", b -> {}, ok, ok),
        row("magic 0", b -> b.magic(0), magic, magic),
        row("cleared", b -> b.magic(LeaderRecord.CLEARED_MAGIC), magic, magic),
        row("delta magic", b -> b.magic(LeaderRecord.DELTA_MAGIC), magic, magic),
        row("version 5.4", b -> b.version(0x00050004), version, version),
        row("version 7.4", b -> b.version(0x00070004), version, version),
        row("version 6.0", b -> b.version(0x00060000), ok, ok),
        row("version 6.ffff", b -> b.version(0x0006FFFF), ok, ok),
        row("other lockspace", b -> b.spaceName(raw("LS1")), space, space),
        row("longer lockspace", b -> b.spaceName(raw("LS0x")), space, space),
        row("other resource", b -> b.resourceName(raw("RES2")), resource, resource),
        row("longer resource", b -> b.resourceName(raw("RES1x")), resource, resource),
        row("garbage after lockspace", b -> b.spaceName(raw("LS0\0junk")), ok, ok),
        row("garbage after resource", b -> b.resourceName(raw("RES1\0junk")), ok, ok),
        row("num_hosts 0", b -> b.numHosts(0), ok, hosts),
        row("num_hosts 1", b -> b.numHosts(1), ok, ok),
        row("flags 0", b -> b.flags(0), ok, ok),
        row("short hold", b -> b.flags(0x11), ok, ok),
        row("unused fields", b -> b.ioTimeout(9).unused1(4).unused2(3), ok, ok),
        // Beyond sanlock: its code trusts these.
        row("unknown flags", b -> b.flags(0xFFFFFF10), version, version),
        row("one unknown flag", b -> b.flags(0x12), version, version),
        row("num_hosts 3000", b -> b.numHosts(3000), hosts, hosts),
        row("num_hosts negative", b -> b.numHosts(-5), hosts, hosts),
        row("num_hosts above max_hosts", b -> b.numHosts(8).maxHosts(7), hosts, hosts),
        row("max_hosts 0", b -> b.numHosts(0).maxHosts(0), hosts, hosts),
        row("max_hosts 2001", b -> b.maxHosts(2001), hosts, hosts),
        row("sector_size 1024", b -> b.sectorSize(1024), sizes, sizes),
        row("align 2M with 512", b -> b.flags(0x20), sizes, sizes),
        row("4096 with 1M has 250", b -> b.sectorSize(4096), hosts, hosts));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mutations")
  void mutation(
      String change, Consumer<LeaderBuilder> mutation, ErrorCode read, ErrorCode acquire) {
    LeaderBuilder builder = RECORD.toBuilder();
    mutation.accept(builder);
    LeaderRecord mutated = builder.build();
    boolean named = acquire == ErrorCode.LEADER_LOCKSPACE || acquire == ErrorCode.LEADER_RESOURCE;
    assertThat(Faults.of(() -> mutated.verifyPaxos(LS0, RES1, 0))).isEqualTo(read);
    assertThat(Faults.of(() -> mutated.verifyPaxos(LS0, RES1, 1))).isEqualTo(acquire);
    assertThat(Faults.of(() -> mutated.verifyPaxos(Name.EMPTY, Name.EMPTY, 0)))
        .as("without names")
        .isEqualTo(named ? ErrorCode.OK : read);
  }

  @Test
  void checksComeInTheOrderOfTheRealProgram() {
    LeaderBuilder all =
        RECORD.toBuilder().magic(0).version(0).spaceName(raw("a")).resourceName(raw("b"));
    all.numHosts(0).sectorSize(0);
    assertThat(first(all)).isEqualTo(ErrorCode.LEADER_MAGIC);
    all.magic(LeaderRecord.PAXOS_MAGIC);
    assertThat(first(all)).isEqualTo(ErrorCode.LEADER_VERSION);
    all.version(LeaderRecord.PAXOS_VERSION);
    assertThat(first(all)).isEqualTo(ErrorCode.LEADER_LOCKSPACE);
    all.spaceName(LS0);
    assertThat(first(all)).isEqualTo(ErrorCode.LEADER_RESOURCE);
    all.resourceName(RES1);
    assertThat(first(all)).isEqualTo(ErrorCode.LEADER_NUMHOSTS);
    all.numHosts(2000);
    assertThat(first(all)).isEqualTo(ErrorCode.LEADER_CHECKSUM);
    assertThat(Faults.of(() -> all.build().verifyPaxos(LS0, RES1, 1)))
        .isEqualTo(ErrorCode.LEADER_SECTORSIZE);
    all.sectorSize(512);
    assertThat(Faults.of(() -> all.build().verifyPaxos(LS0, RES1, 1))).isEqualTo(ErrorCode.OK);
  }

  private static ErrorCode first(LeaderBuilder builder) {
    return Faults.of(() -> builder.withChecksum(1).verifyPaxos(LS0, RES1, 1));
  }

  @Test
  void aFlippedBitIsAWrongChecksumUnlessAnEarlierCheckFindsIt() {
    for (int at = 0; at < LeaderRecord.SIZE; at++) {
      MemorySegment bytes = MemorySegment.ofArray(new byte[LeaderRecord.SIZE]);
      RECORD.encode(bytes, 0);
      bytes.set(ValueLayout.JAVA_BYTE, at, (byte) (bytes.get(ValueLayout.JAVA_BYTE, at) ^ 0x40));
      LeaderRecord flipped = LeaderRecord.decode(bytes, 0);
      assertThat(Faults.of(() -> flipped.verifyPaxos(LS0, RES1, 1)))
          .as("byte %s", at)
          .isEqualTo(expected(at));
    }
  }

  private static ErrorCode expected(int at) {
    if (at < 4) {
      return ErrorCode.LEADER_MAGIC;
    } else if (at == 6 || at == 7 || (at >= 9 && at < 12)) {
      return ErrorCode.LEADER_VERSION;
    } else if (at >= 56 && at < 60) {
      return ErrorCode.LEADER_LOCKSPACE;
    } else if (at >= 104 && at < 109) {
      return ErrorCode.LEADER_RESOURCE;
    }
    return at < 172 ? ErrorCode.LEADER_CHECKSUM : ErrorCode.OK;
  }

  @Test
  void aClearedLeaseIsSaidToBeCleared() {
    LeaderRecord cleared = RECORD.cleared(77);
    assertThat(cleared.isCleared()).isTrue();
    assertThat(Faults.detail(() -> cleared.verifyPaxos(LS0, RES1, 1)))
        .contains("the lease was cleared (magic 0x11282016)");
  }

  @Test
  void requestsAreCheckedForMagicAndMajorVersion() {
    int magic = RequestRecord.MAGIC;
    assertThat(Faults.of(() -> RequestRecord.fresh().verify())).isEqualTo(ErrorCode.OK);
    assertThat(Faults.of(() -> new RequestRecord(magic, 0x0001FFFF, 1, 9).verify()))
        .isEqualTo(ErrorCode.OK);
    assertThat(Faults.of(() -> new RequestRecord(0, 0, 0, 0).verify()))
        .isEqualTo(ErrorCode.REQUEST_MAGIC);
    assertThat(Faults.of(() -> new RequestRecord(magic, 0x00020001, 0, 0).verify()))
        .isEqualTo(ErrorCode.REQUEST_VERSION);
  }
}
