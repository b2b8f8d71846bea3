// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BallotAreaTest {
  private static final Geometry G = Geometry.SECTOR_512;
  private final MemorySegment area = MemorySegment.ofArray(new byte[G.alignSize()]);

  private BallotArea of(long hosts) {
    return new BallotArea(area, G, hosts);
  }

  private void put(long host, Dblock dblock, ModeBlock mode) {
    new HostSector(dblock, mode).encode(area, G.hostSectorOffset(host), G.sectorSize());
  }

  private static List<Long> used(BallotArea area) {
    List<Long> hosts = new ArrayList<>();
    area.forEachUsed((host, sector) -> hosts.add(host));
    return hosts;
  }

  @Test
  void recordedAreasAreScanned() throws LeaseException {
    MemorySegment recorded = Golden.file("res_sh_hosts12.hex").image(G.alignSize());
    BallotArea ballot = new BallotArea(recorded, G, 2000);
    ballot.verifyDblocks();
    assertThat(ballot.leader().lver()).isEqualTo(2);
    assertThat(ballot.maxMbal()).isEqualTo(2002);
    assertThat(ballot.sharedHosts()).isEqualTo(HostBitmap.of(List.of(1L, 2L)));
    Map<Long, HostSector> seen = new LinkedHashMap<>();
    ballot.forEachUsed(seen::put);
    assertThat(seen)
        .containsExactly(
            Map.entry(1L, HostSector.decode(recorded, 1024)),
            Map.entry(2L, HostSector.decode(recorded, 1536)));
    assertThat(ballot.isUnused(3)).isTrue();
    assertThat(ballot.isUnused(1)).isFalse();
    assertThat(ballot.mode(2)).isEqualTo(ModeBlock.shared(1));

    BallotArea first = new BallotArea(recorded, G, 1);
    assertThat(first.maxMbal()).as("only the hosts of num_hosts").isEqualTo(1);
  }

  @Test
  void hostsAreFoundWhereverTheyAre() throws LeaseException {
    List<Long> hosts = new ArrayList<>();
    for (long host : List.of(1L, 2L, 127L, 128L, 129L, 255L, 1023L, 1999L, 2000L)) {
      put(host, Dblock.phase1(host, 1), ModeBlock.NONE);
      hosts.add(host);
      assertThat(used(of(2000))).isEqualTo(hosts);
      assertThat(of(2000).survey().highestUsed()).isEqualTo(host);
      assertThat(of(2000).maxMbal()).isEqualTo(host);
      assertThat(of(2000).survey().maxMbal()).isEqualTo(host);
      assertThat(of(host - 1).survey().highestUsed())
          .isEqualTo(hosts.size() < 2 ? 0 : hosts.get(hosts.size() - 2));
    }
    put(1500, Dblock.EMPTY, ModeBlock.shared(1));
    assertThat(of(1998).survey().highestUsed()).isEqualTo(1500);
    assertThat(of(1998).sharedHosts()).isEqualTo(HostBitmap.of(List.of(1500L)));
  }

  @Test
  void unusedLooksAtFiveFieldsOnly() {
    Dblock ignored = new Dblock(0, 0, 0, 5, 6, 0, 0, Dblock.RELEASED);
    put(1, ignored, ModeBlock.NONE);
    assertThat(of(2000).isUnused(1)).isTrue();
    List<Dblock> used =
        List.of(
            new Dblock(1, 0, 0, 0, 0, 0, 0, 0),
            new Dblock(0, 1, 0, 0, 0, 0, 0, 0),
            new Dblock(0, 0, 1, 0, 0, 0, 0, 0),
            new Dblock(0, 0, 0, 0, 0, 1, 0, 0),
            new Dblock(0, 0, 0, 0, 0, 0, 1, 0));
    for (Dblock dblock : used) {
      put(1, dblock, ModeBlock.NONE);
      assertThat(of(2000).isUnused(1)).isFalse();
      assertThat(dblock.isUnused()).isFalse();
      assertThat(Faults.of(() -> of(2000).verifyDblocks())).isEqualTo(ErrorCode.DBLOCK_CHECKSUM);
    }
    assertThat(ignored.isUnused()).isTrue();
    assertThat(ignored.isValid()).isTrue();
  }

  /** The dblock rows of docs/spec/ondisk.md section 10. */
  @Test
  void onlyWrongChecksumsAreRefused() {
    put(3, new Dblock(3, 0, 0, 0, 0, 1, 99, 0), ModeBlock.NONE);
    assertThat(Faults.detail(() -> of(2000).verifyDblocks()))
        .hasValueSatisfying(text -> assertThat(text).contains("host id 3", "0x00000063"));
    assertThat(Faults.of(() -> of(2).verifyDblocks())).isEqualTo(ErrorCode.OK);
    put(3, new Dblock(0, 0, 0, 1, 77, 0, 0, 0), ModeBlock.NONE);
    assertThat(Faults.of(() -> of(2000).verifyDblocks())).isEqualTo(ErrorCode.OK);
    put(3, new Dblock(0, 0, 0, 0, 0, 0, 0, 1), ModeBlock.NONE);
    assertThat(Faults.of(() -> of(2000).verifyDblocks())).isEqualTo(ErrorCode.OK);
    put(3, Dblock.phase1(3, 2).phase2(3, 1, 77).released(), ModeBlock.NONE);
    assertThat(Faults.of(() -> of(2000).verifyDblocks())).isEqualTo(ErrorCode.OK);
    put(2000, new Dblock(3, 0, 0, 0, 0, 1, 99, 0), ModeBlock.NONE);
    assertThat(Faults.of(() -> of(2000).verifyDblocks())).isEqualTo(ErrorCode.DBLOCK_CHECKSUM);
  }

  @Test
  void aSharedHolderWithoutADblockIsSeen() {
    put(9, Dblock.EMPTY, ModeBlock.shared(4));
    assertThat(used(of(2000))).containsExactly(9L);
    assertThat(of(2000).isShared(9)).isTrue();
    assertThat(of(2000).isShared(8)).isFalse();
  }

  @Test
  void theLargestBallotNumberIsUnsignedAndValid() {
    put(1, Dblock.phase1(7, 1), ModeBlock.NONE);
    put(2, new Dblock(1000, 0, 0, 0, 0, 1, 1, 0), ModeBlock.NONE);
    assertThat(of(2000).maxMbal()).isEqualTo(7);
    put(3, Dblock.phase1(-2, 1), ModeBlock.NONE);
    assertThat(of(2000).maxMbal()).isEqualTo(-2);
    assertThat(used(of(2000))).containsExactly(1L, 2L, 3L);
  }

  @Test
  void leftOverMemoryIsNotLookedAt() {
    MemorySegment sector = area.asSlice(G.hostSectorOffset(5), 512);
    sector.asSlice(56, 128 - 56).fill((byte) 0xA5);
    sector.asSlice(132, 4).fill((byte) 0xA5);
    sector.asSlice(144).fill((byte) 0xA5);
    assertThat(used(of(2000))).isEmpty();
    assertThat(of(2000).hostSector(5)).isEqualTo(HostSector.EMPTY);
  }

  @Test
  void neverReadsOutsideWhatWasRead() {
    MemorySegment brief = area.asSlice(0, G.ballotReadLength(6));
    BallotArea six = new BallotArea(brief, G, 6);
    assertThat(six.numHosts()).isEqualTo(6);
    assertThat(used(six)).isEmpty();
    Faults.assertRefused(() -> new BallotArea(brief, G, 7));
    Faults.assertRefused(() -> new BallotArea(area, G, 2001));
    Faults.assertRefused(() -> new BallotArea(area, G, -1));
    Faults.assertRefused(() -> new BallotArea(area, G, Long.MAX_VALUE));
    Faults.assertRefused(() -> six.dblock(7));
    Faults.assertRefused(() -> six.hostSector(0));
  }
}
