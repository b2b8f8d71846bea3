// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever is on the disk, it is refused with a code or understood; nothing else is thrown. */
class HostileBytesTest {
  private static final Name LS0 = Name.of("LS0");
  private final SplittableRandom random = Seeds.random("hostile bytes");
  private final Map<ErrorCode, Integer> codes = new EnumMap<>(ErrorCode.class);

  private void run(Faults.Check check) {
    codes.merge(Faults.of(check), 1, Integer::sum);
  }

  /** Everything that is ever asked of a leader record. */
  private void judge(LeaderRecord leader, MemorySegment area) {
    run(() -> leader.verifyDelta(LS0));
    run(() -> leader.verifyDelta(Name.EMPTY));
    run(() -> leader.verifyLockspaceSizes(random.nextLong(4_000)));
    run(
        () -> {
          leader.verifyPaxos(Name.EMPTY, Name.EMPTY, 0);
          // What passed can be computed with.
          Geometry geometry = leader.geometry().orElseThrow();
          if (geometry.alignSize() <= area.byteSize()) {
            scan(new BallotArea(area, geometry, leader.numHosts()));
          }
        });
    assertThat(leader.toString()).isNotEmpty();
    assertThat(leader.event()).isNotNull();
  }

  private void scan(BallotArea ballot) throws LeaseException {
    ballot.forEachUsed((host, sector) -> assertThat(sector.dblock().toString()).isNotEmpty());
    assertThat(ballot.sharedHosts().size()).isLessThanOrEqualTo(ballot.numHosts());
    ballot.maxMbal();
    ballot.verifyDblocks();
  }

  @Test
  void noise() {
    MemorySegment area = MemorySegment.ofArray(new byte[Geometry.SECTOR_512.alignSize()]);
    byte[] noise = new byte[(int) area.byteSize()];
    random.nextBytes(noise);
    area.copyFrom(MemorySegment.ofArray(noise));
    for (int round = 0; round < 5_000; round++) {
      int at = random.nextInt(noise.length - 4096);
      judge(LeaderRecord.decode(area, at), area);
      run(() -> RequestRecord.decode(area, at).verify());
      run(() -> RindexHeader.decode(area, at).verify(LS0, 0));
      run(() -> RindexHeader.decode(area, at).geometry());
      assertThat(HolderNote.decode(area, at)).isEmpty();
      assertThat(DeltaSector.decode(area, at).toString()).isNotEmpty();
      assertThat(RindexEntry.decode(area, at).toString()).isNotEmpty();
    }
    for (long hosts : new long[] {0, 1, 2000}) {
      run(() -> scan(new BallotArea(area, Geometry.SECTOR_512, hosts)));
    }
    assertThat(codes).containsKeys(ErrorCode.LEADER_MAGIC, ErrorCode.DBLOCK_CHECKSUM);
  }

  /** Close to real: recorded areas with some bytes changed and checksums made right again. */
  @Test
  void changedRecords() {
    List<String> files = List.of("res_sh_hosts12.hex", "ls_event_all.hex", "res_request.hex");
    for (String name : files) {
      MemorySegment recorded = Golden.file(name).image(Geometry.SECTOR_512.alignSize());
      for (int round = 0; round < 2_000; round++) {
        MemorySegment area =
            MemorySegment.ofArray(recorded.asSlice(0, 4096).toArray(ValueLayout.JAVA_BYTE));
        for (int changes = random.nextInt(1, 5); changes > 0; changes--) {
          area.set(ValueLayout.JAVA_BYTE, random.nextInt(2048), (byte) random.nextInt(256));
        }
        LeaderRecord leader = LeaderRecord.decode(area, 0);
        judge(leader, area);
        judge(leader.withChecksum(), area);
        run(() -> scan(new BallotArea(area, Geometry.SECTOR_512, 6)));
        run(() -> RequestRecord.decode(area, 512).verify());
      }
    }
    assertThat(codes)
        .containsKeys(
            ErrorCode.OK,
            ErrorCode.LEADER_MAGIC,
            ErrorCode.LEADER_VERSION,
            ErrorCode.LEADER_LOCKSPACE,
            ErrorCode.LEADER_NUMHOSTS,
            ErrorCode.LEADER_CHECKSUM,
            ErrorCode.LEADER_SECTORSIZE,
            ErrorCode.DBLOCK_CHECKSUM);
  }

  @Test
  void changedIndexes() {
    MemorySegment recorded =
        Golden.file("rindex_3created.hex").image(Geometry.SECTOR_512.alignSize());
    for (int round = 0; round < 300; round++) {
      MemorySegment area = MemorySegment.ofArray(recorded.toArray(ValueLayout.JAVA_BYTE));
      for (int changes = random.nextInt(1, 5); changes > 0; changes--) {
        area.set(ValueLayout.JAVA_BYTE, random.nextInt(8, 31), (byte) random.nextInt(256));
      }
      long claimed = RindexHeader.decode(area, 0).rxOffset();
      run(
          () -> {
            if (RindexHeader.decode(area, 0).geometry().alignSize() > area.byteSize()) {
              return;
            }
            ResourceIndex index = new ResourceIndex(area, LS0, claimed);
            index.find(Name.of("three"));
            index.lowestFree();
            index.entryAt(random.nextLong() & -Geometry.SECTOR_512.alignSize());
          });
    }
    assertThat(codes).containsKeys(ErrorCode.RINDEX_VERSION, ErrorCode.EINVAL);
  }
}
