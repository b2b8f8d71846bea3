// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderBuilder;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files that are no sound lease: the same code as the real daemon gives (docs/spec/ondisk.md 10),
 * or a stricter one where that is decided (docs/decisions/0010), words that name the file, and not
 * a byte of it changed.
 */
class BadLeaseInteropTest {
  private static final String SPACE = "LS0";
  private static final int IO_TIMEOUT = 3;
  private static final String RESOURCE = "RES";
  private static final Geometry SIZES = Geometry.SECTOR_512;
  private static final long SEED = 20_260_101;

  /** The C daemon lets it pass, or reads outside its memory: it is not asked. */
  private static final int NOT_ASKED = 0;

  private static Lab lab;
  private static OurHost ours;
  private static SocketHost theirs;

  /** Hosts that have not joined. */
  private static OurHost ourJoiner;

  private static SocketHost theirJoiner;

  @BeforeAll
  static void join() throws Exception {
    Lab.needsSanlock();
    lab = Lab.open();
    Path lockspace = lab.lockspace(SPACE, IO_TIMEOUT);
    ours = lab.ourHost("our-host");
    theirs = lab.cHost("c-host");
    ourJoiner = lab.ourHost("our-joiner");
    theirJoiner = lab.cHost("c-joiner");
    Both.run(
        () -> ours.join(SPACE, 1, lockspace, IO_TIMEOUT),
        () -> theirs.join(SPACE, 2, lockspace, IO_TIMEOUT));
  }

  @AfterAll
  static void close() {
    if (lab != null) {
      lab.close();
    }
  }

  /**
   * A bad file.
   *
   * @param ours code that we give
   * @param theirs code that the C daemon gives
   */
  record Bad(String what, byte[] content, int ours, int theirs) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static byte[] sound() {
    MemorySegment area = MemorySegment.ofArray(new byte[SIZES.alignSize()]);
    AreaImages.resource(Name.of(SPACE), Name.of(RESOURCE), SIZES, 0).writeTo(area, 0);
    return area.toArray(ValueLayout.JAVA_BYTE);
  }

  /** A sound lease with another leader, whose checksum is right. */
  private static byte[] leader(UnaryOperator<LeaderBuilder> change) {
    MemorySegment area = MemorySegment.ofArray(sound());
    change.apply(LeaderRecord.decode(area, 0).toBuilder()).build().encode(area, 0);
    return area.toArray(ValueLayout.JAVA_BYTE);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(SEED).nextBytes(bytes);
    return bytes;
  }

  private static byte[] flipped(int at) {
    byte[] area = sound();
    area[at] ^= 1;
    return area;
  }

  private static byte[] badDblock() {
    MemorySegment area = MemorySegment.ofArray(sound());
    new Dblock(3, 3, 3, 1, 77, 1, 0x12345678, 0).encode(area, SIZES.hostSectorOffset(3));
    return area.toArray(ValueLayout.JAVA_BYTE);
  }

  private static byte[] lockspaceArea() {
    MemorySegment area = MemorySegment.ofArray(new byte[SIZES.alignSize()]);
    AreaImages.lockspace(Name.of(SPACE), SIZES, 1).writeTo(area, 0);
    return area.toArray(ValueLayout.JAVA_BYTE);
  }

  static Stream<Bad> files() {
    int length = SIZES.alignSize();
    return Stream.of(
        new Bad("empty", new byte[0], -90, -90),
        new Bad("of 511 bytes", Arrays.copyOf(sound(), 511), -90, -90),
        new Bad("cut off after the leader", Arrays.copyOf(sound(), 512), -90, -90),
        new Bad("cut off in the host sectors", Arrays.copyOf(sound(), 65536), -90, -90),
        new Bad("of zeros", new byte[length], -223, -223),
        new Bad("of random bytes", random(length), -223, -223),
        new Bad("a lockspace", lockspaceArea(), -223, -223),
        new Bad("cleared", leader(l -> l.magic(LeaderRecord.CLEARED_MAGIC)), -223, -223),
        new Bad("of a newer version", leader(l -> l.version(0x00070004)), -224, -224),
        new Bad("of an older version", leader(l -> l.version(0x00050004)), -224, -224),
        new Bad("of another lockspace", leader(l -> l.spaceName(Name.of("LS1"))), -226, -226),
        new Bad("of another resource", leader(l -> l.resourceName(Name.of("X"))), -227, -227),
        new Bad("with a flipped bit in lver", flipped(48), -229, -229),
        new Bad("with a flipped bit in the checksum", flipped(168), -229, -229),
        new Bad("with a torn host sector", badDblock(), -214, -214),
        new Bad("for no host", leader(l -> l.numHosts(0)), -228, -228),
        new Bad("with an unknown flag", leader(l -> l.flags(0x110)), -224, NOT_ASKED),
        new Bad("for more hosts than fit", leader(l -> l.numHosts(3000)), -228, NOT_ASKED),
        new Bad("for 2^63 hosts", leader(l -> l.numHosts(1L << 63)), -228, NOT_ASKED),
        new Bad("for more hosts than at most", leader(l -> l.maxHosts(1999)), -228, NOT_ASKED),
        new Bad("with sectors of 1024 bytes", leader(l -> l.sectorSize(1024)), -225, NOT_ASKED),
        new Bad("with sizes that do not exist", leader(l -> l.flags(0x80)), -225, NOT_ASKED));
  }

  @ParameterizedTest
  @MethodSource("files")
  void badLeases(Bad bad) throws Exception {
    LeaseFile lease = new LeaseFile(SPACE, RESOURCE, written(bad));
    Map<String, LeaseRequest> requests = new LinkedHashMap<>();
    requests.put("exclusive", OurHost.request(lease, false));
    requests.put("shared", OurHost.request(lease, true));
    if (!bad.what().equals("cleared")) { // a cleared file makes way for a new one
      requests.put("made if missing", OurHost.request(lease, false).creating(CreatePolicy.DEFAULT));
    }
    for (var request : requests.entrySet()) {
      AcquireResult result = ours.acquire(request.getValue(), AcquireOptions.DEFAULT);
      assertThat(result).as(request.getKey()).isInstanceOf(AcquireResult.Refused.class);
      Refusal refusal = ((AcquireResult.Refused) result).refusal();
      assertThat(refusal.code().number()).as(refusal.message()).isEqualTo(bad.ours());
      assertThat(refusal.message()).contains(lease.path().toString());
      assertThat(Files.readAllBytes(lease.path())).as(request.getKey()).isEqualTo(bad.content());
    }
    if (bad.theirs() != NOT_ASKED) {
      assertThat(Refused.codeOf(() -> theirs.acquire(lease, false))).isEqualTo(bad.theirs());
    }
  }

  private static Path written(Bad bad) throws IOException {
    return Files.write(lab.path("bad " + bad.what().replace('^', '-')), bad.content());
  }

  private static byte[] delta(UnaryOperator<LeaderBuilder> change) {
    MemorySegment area = MemorySegment.ofArray(lockspaceArea());
    change.apply(LeaderRecord.decode(area, 0).toBuilder()).build().encode(area, 0);
    return area.toArray(ValueLayout.JAVA_BYTE);
  }

  private static byte[] flippedDelta() {
    byte[] area = lockspaceArea();
    area[40] ^= 1;
    return area;
  }

  static Stream<Bad> spaces() {
    return Stream.of(
        new Bad("empty space", new byte[0], -90, -90),
        new Bad("cut off space", Arrays.copyOf(lockspaceArea(), 2048), -90, -90),
        new Bad("space of zeros", new byte[SIZES.alignSize()], -223, -223),
        new Bad("space of random bytes", random(SIZES.alignSize()), -223, -223),
        new Bad("space that is a resource", sound(), -223, -223),
        new Bad("space of a newer version", delta(l -> l.version(0x00040004)), -224, -224),
        new Bad("other space", delta(l -> l.spaceName(Name.of("LS1"))), -226, -226),
        new Bad("space with sectors of 1024", delta(l -> l.sectorSize(1024)), -225, -225),
        new Bad("space of sizes that do not exist", delta(l -> l.flags(0x20)), -230, -230),
        new Bad("space with a flipped bit", flippedDelta(), -229, -229),
        new Bad("space with an unknown flag", delta(l -> l.flags(0x110)), -224, NOT_ASKED));
  }

  @ParameterizedTest
  @MethodSource("spaces")
  void badLockspaces(Bad bad) throws Exception {
    Path file = written(bad);
    try {
      ourJoiner.join(SPACE, 1, file, IO_TIMEOUT);
      throw new AssertionError("joined " + bad);
    } catch (Refused refused) {
      assertThat(refused.code()).as(refused.getMessage()).isEqualTo(bad.ours());
      assertThat(refused.getMessage()).contains(file.toString());
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(bad.content());
    if (bad.theirs() != NOT_ASKED) {
      assertThat(Refused.codeOf(() -> theirJoiner.join(SPACE, 1, file, IO_TIMEOUT)))
          .isEqualTo(bad.theirs());
    }
  }

  @Test
  void badHostIds() throws Exception {
    Path file = Files.write(lab.path("sound space"), lockspaceArea());
    byte[] before = Files.readAllBytes(file);
    for (ClusterHost host : List.of(ourJoiner, theirJoiner)) {
      assertThat(Refused.codeOf(() -> host.join(SPACE, 0, file, 1))).isEqualTo(-22);
      assertThat(Refused.codeOf(() -> host.join(SPACE, 2001, file, 1))).isEqualTo(-231);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }
}
