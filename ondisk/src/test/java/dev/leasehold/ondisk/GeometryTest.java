// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeometryTest {
  private static final List<Geometry> ALL =
      List.of(
          Geometry.SECTOR_512,
          Geometry.SECTOR_4K_1M,
          Geometry.SECTOR_4K_2M,
          Geometry.SECTOR_4K_4M,
          Geometry.SECTOR_4K_8M);

  /** The table of docs/spec/ondisk.md section 2. */
  @ParameterizedTest
  @CsvSource({
    "512, 1, 2048, 2000, 0x10",
    "4096, 1, 256, 250, 0x10",
    "4096, 2, 512, 500, 0x20",
    "4096, 4, 1024, 1000, 0x40",
    "4096, 8, 2048, 2000, 0x80",
  })
  void theFivePairs(int sector, int mib, int sectors, int hosts, String flag)
      throws LeaseException {
    Geometry geometry = new Geometry(sector, mib << 20);
    assertThat(geometry.sectors()).isEqualTo(sectors);
    assertThat(geometry.maxHosts()).isEqualTo(hosts);
    assertThat(geometry.alignFlag()).isEqualTo(Integer.decode(flag));
    assertThat(Geometry.of(sector, mib << 20)).contains(geometry);
    assertThat(Geometry.ofLeader(geometry.alignFlag(), sector)).isEqualTo(geometry);
    assertThat(ALL).contains(geometry);
  }

  @Test
  void noOtherPairExists() {
    int valid = 0;
    for (int sector : new int[] {-512, 0, 1, 256, 512, 1024, 2048, 4096, 8192}) {
      for (int align :
          new int[] {-1 << 20, 0, 1 << 19, 1 << 20, 2 << 20, 3 << 20, 4 << 20, 8 << 20, 16 << 20}) {
        if (Geometry.of(sector, align).isPresent()) {
          valid++;
        } else {
          Faults.assertRefused(() -> new Geometry(sector, align));
        }
      }
    }
    assertThat(valid).isEqualTo(5);
  }

  @Test
  void recordsOfOldVersionsHaveNoAlignBit() throws LeaseException {
    assertThat(Geometry.ofLeader(0, 512)).isEqualTo(Geometry.SECTOR_512);
    assertThat(Geometry.ofLeader(0, 4096)).isEqualTo(Geometry.SECTOR_4K_8M);
    assertThat(Geometry.ofLeader(0x1, 4096)).isEqualTo(Geometry.SECTOR_4K_8M);
  }

  @Test
  void theLowestAlignBitWins() throws LeaseException {
    assertThat(Geometry.ofLeader(0xF0, 512)).isEqualTo(Geometry.SECTOR_512);
    assertThat(Geometry.ofLeader(0xE0, 4096)).isEqualTo(Geometry.SECTOR_4K_2M);
    assertThat(Geometry.ofLeader(0xC1, 4096)).isEqualTo(Geometry.SECTOR_4K_4M);
  }

  @Test
  void leadersWithOtherSizesAreRefused() {
    assertThat(Faults.of(() -> Geometry.ofLeader(0x10, 0))).isEqualTo(ErrorCode.LEADER_SECTORSIZE);
    assertThat(Faults.of(() -> Geometry.ofLeader(0x10, -1))).isEqualTo(ErrorCode.LEADER_SECTORSIZE);
    assertThat(Faults.of(() -> Geometry.ofLeader(0x20, 512))).isEqualTo(ErrorCode.ADDLS_SIZES);
  }

  @Test
  void placesOfRecords() {
    Geometry geometry = Geometry.SECTOR_4K_1M;
    assertThat(geometry.deltaOffset(1)).isZero();
    assertThat(geometry.deltaOffset(250)).isEqualTo(249 * 4096);
    assertThat(geometry.requestOffset()).isEqualTo(4096);
    assertThat(geometry.hostSectorOffset(1)).isEqualTo(2 * 4096);
    assertThat(geometry.hostSectorOffset(250)).isEqualTo(251 * 4096);
    for (long wrong : new long[] {0, 251, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertThat(geometry.isHostId(wrong)).isFalse();
      Faults.assertRefused(() -> geometry.deltaOffset(wrong));
      Faults.assertRefused(() -> geometry.hostSectorOffset(wrong));
      Faults.assertRefused(() -> geometry.sharedNoteOffset(wrong));
    }
  }

  @Test
  void lockValueBlocksOnlyWhereTheyDoNotOverwriteTheNeighbour() {
    assertThat(Geometry.SECTOR_512.lvbOffset()).isEqualTo(2002 * 512);
    assertThat(Geometry.SECTOR_4K_8M.lvbOffset()).isEqualTo(2002 * 4096);
    for (Geometry small : ALL.subList(1, 4)) {
      assertThat(small.lvbFits()).isFalse();
      assertThatThrownBy(small::lvbOffset).isInstanceOf(IllegalStateException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0,2",
    "1,4",
    "2,4",
    "5,8",
    "6,8",
    "7,16",
    "700,1024",
    "1022,1024",
    "1023,2048",
    "2000,2048"
  })
  void ballotReadsCoverAPowerOfTwoOfSectors(long numHosts, int sectors) {
    assertThat(Geometry.SECTOR_512.ballotReadLength(numHosts)).isEqualTo(sectors * 512);
  }

  @Test
  void ballotReadsStayInTheArea() {
    for (Geometry geometry : ALL) {
      for (long hosts = 0; hosts <= geometry.maxHosts(); hosts++) {
        int length = geometry.ballotReadLength(hosts);
        assertThat(Integer.bitCount(length)).isOne();
        assertThat((long) length)
            .isBetween((hosts + 2) * geometry.sectorSize(), (long) geometry.alignSize());
      }
      for (long hosts : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 0x100000000L, 3000}) {
        assertThat(geometry.ballotReadLength(hosts)).isEqualTo(geometry.alignSize());
      }
    }
  }

  /** The table of docs/holder-note.md. */
  @ParameterizedTest
  @CsvSource({
    "512,1,2003,2035",
    "4096,1,252,254",
    "4096,2,502,510",
    "4096,4,1002,1022",
    "4096,8,2003,2035"
  })
  void notesAreInSectorsThatNobodyElseUses(int sector, int mib, long first, long last) {
    Geometry geometry = new Geometry(sector, mib << 20);
    Set<Long> used = new HashSet<>(Set.of(0L, geometry.requestOffset()));
    for (long host = 1; host <= geometry.maxHosts(); host++) {
      used.add(geometry.hostSectorOffset(host));
    }
    if (geometry.lvbFits()) {
      used.add(geometry.lvbOffset());
    }
    Set<Long> notes = new HashSet<>(Set.of(geometry.noteOffset()));
    for (long host = 1; host <= geometry.maxHosts(); host++) {
      assertThat(geometry.sharedNoteOffset(host)).isNotEqualTo(geometry.noteOffset());
      notes.add(geometry.sharedNoteOffset(host));
    }
    assertThat(notes).hasSize(geometry.noteSlots()).doesNotContainAnyElementsOf(used);
    assertThat(notes.stream().min(Long::compare)).contains(first * sector);
    assertThat(notes.stream().max(Long::compare)).contains(last * sector);
    assertThat(geometry.noteOffset()).isEqualTo(first * sector);
    assertThat(geometry.noteAreaLength()).isEqualTo((last - first + 1) * sector);
    assertThat(last + 1).as("one is left free").isLessThan(geometry.sectors());
  }
}
