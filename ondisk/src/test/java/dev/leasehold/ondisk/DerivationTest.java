// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the recorded traces do not show: the rules for rewriting a leader (4.2, 5.3, 6.6). */
class DerivationTest {
  private static final Name LS0 = Name.of("LS0");
  private static final LeaderRecord DELTA = LeaderRecord.freshDelta(LS0, Geometry.SECTOR_512, 10);
  private static final LeaderRecord PAXOS =
      LeaderRecord.freshPaxos(LS0, Name.of("RES1"), Geometry.SECTOR_512, 0);

  @Test
  void whatIsNotNamedIsCarriedOver() {
    LeaderRecord odd =
        DELTA.toBuilder().version(0x00030001).unused1(5).unused2(6).numHosts(9).lver(3).build();
    LeaderRecord next = odd.deltaAcquired(4, Name.ofOwner("h"), 100, 20).deltaReleased();
    assertThat(next)
        .isEqualTo(
            odd.toBuilder()
                .ownerId(4)
                .ownerGeneration(1)
                .resourceName(Name.of("h"))
                .ioTimeout(20)
                .build());

    LeaderRecord lease =
        PAXOS.toBuilder().version(0x00060001).unused1(4).unused2(3).ioTimeout(9).flags(0).build();
    LeaderRecord released =
        lease.paxosOwned(1, 2, 3, 50, 2, 3, 51, false, 0).paxosReleased(2, 3, 60, Optional.empty());
    assertThat(released)
        .isEqualTo(
            lease.toBuilder()
                .lver(1)
                .ownerId(2)
                .ownerGeneration(3)
                .writeId(2)
                .writeGeneration(3)
                .writeTimestamp(60)
                .build());
  }

  @Test
  void aClockAtZeroIsNotStoredAsFree() {
    LeaderRecord acquired = DELTA.deltaAcquired(1, Name.ofOwner("h"), 0, 10);
    assertThat(acquired.timestamp()).isEqualTo(1);
    assertThat(acquired.deltaRenewed(0, 10, HostEvent.NONE).isFree()).isFalse();
    Faults.assertRefused(() -> PAXOS.paxosOwned(1, 1, 1, 0, 1, 1, 5, false, 0));
  }

  @Test
  void ioTimeoutsThatAReaderWouldMisunderstandAreRefused() {
    Name name = Name.ofOwner("h");
    Faults.assertRefused(() -> DELTA.deltaAcquired(1, name, 5, 0));
    Faults.assertRefused(() -> DELTA.deltaAcquired(1, name, 5, 256));
    Faults.assertRefused(() -> DELTA.deltaRenewed(5, 300, HostEvent.NONE));
    Faults.assertRefused(() -> LeaderRecord.freshDelta(LS0, Geometry.SECTOR_512, 70_000));
    assertThat(DELTA.deltaAcquired(1, name, 5, 255).ioTimeout()).isEqualTo(255);
  }

  @Test
  void aJoinReplacesTheWholeNameField() {
    LeaderRecord before =
        DELTA.deltaAcquired(1, Name.ofOwner("a-rather-long-host-name"), 5, 10).deltaReleased();
    LeaderRecord after = before.deltaAcquired(1, Name.ofOwner("h5"), 9, 10);
    assertThat(after.resourceName()).isEqualTo(Name.of("h5"));
    assertThat(after.ownerGeneration()).isEqualTo(2);
  }

  @Test
  void shortHoldIsTheOwnersAlone() {
    LeaderRecord shortHeld = PAXOS.paxosOwned(1, 1, 1, 5, 1, 1, 5, true, 0);
    assertThat(shortHeld.hasFlag(LeaderRecord.SHORT_HOLD)).isTrue();
    assertThat(shortHeld.paxosOwned(2, 1, 1, 6, 1, 1, 6, false, 0).flags()).isEqualTo(0x10);
    // Written by host 2 for host 1: as it was, whatever host 2 asks for itself.
    assertThat(shortHeld.paxosOwned(2, 1, 1, 6, 2, 1, 6, false, 0).flags()).isEqualTo(0x11);
    assertThat(PAXOS.paxosOwned(1, 1, 1, 6, 2, 1, 6, true, 0).flags()).isEqualTo(0x10);
    assertThat(shortHeld.paxosReleased(1, 1, 7, Optional.empty()).flags()).isEqualTo(0x10);
  }

  @Test
  void hostCountsStayWithinTheArea() {
    assertThat(PAXOS.numHosts()).isEqualTo(2000);
    Geometry small = Geometry.SECTOR_4K_1M;
    assertThat(LeaderRecord.freshPaxos(LS0, LS0, small, 8).numHosts()).isEqualTo(8);
    assertThat(LeaderRecord.freshPaxos(LS0, LS0, small, 251).numHosts()).isEqualTo(250);
    assertThat(LeaderRecord.freshPaxos(LS0, LS0, small, -1).numHosts()).isEqualTo(250);
    assertThat(PAXOS.paxosOwned(1, 1, 1, 5, 1, 1, 5, false, 700).numHosts()).isEqualTo(700);
    Faults.assertRefused(() -> PAXOS.paxosOwned(1, 1, 1, 5, 1, 1, 5, false, 3000));
    Faults.assertRefused(() -> PAXOS.paxosOwned(1, 1, 1, 5, 1, 1, 5, false, -1));
  }

  @Test
  void aReleaseMayRename() {
    LeaderRecord owned = PAXOS.paxosOwned(1, 1, 1, 5, 1, 1, 5, false, 0);
    Name renamed = Name.of("NEW");
    assertThat(owned.paxosReleased(1, 1, 6, Optional.of(renamed)).resourceName())
        .isEqualTo(renamed);
  }

  @Test
  void copiesAreComparedUpToTheTimestamp() {
    LeaderRecord owned = PAXOS.paxosOwned(1, 1, 1, 5, 1, 1, 5, false, 0);
    assertThat(owned.sameCopy(owned.paxosReleased(1, 1, 9, Optional.empty()))).isTrue();
    assertThat(owned.sameCopy(PAXOS)).isFalse();
    assertThat(owned.sameCopy(owned.toBuilder().resourceName(Name.of("X")).build())).isFalse();
  }

  @Test
  void dblocksOfABallot() {
    Dblock first = Dblock.phase1(2001, 3);
    Dblock second = first.phase2(1, 2, 77);
    assertThat(first).isEqualTo(new Dblock(2001, 0, 0, 0, 0, 3, first.computeChecksum(), 0));
    assertThat(second).isEqualTo(new Dblock(2001, 2001, 1, 2, 77, 3, second.computeChecksum(), 0));
    assertThat(second.released().isReleased()).isTrue();
    assertThat(second.released().isValid()).isTrue();
    assertThat(second.released().withMbal(4001))
        .isEqualTo(new Dblock(4001, 2001, 1, 2, 77, 3, 0, 0).withChecksum());
    assertThat(Dblock.EMPTY.isUnused()).isTrue();
    assertThat(Dblock.EMPTY.released().isValid()).isTrue();
    assertThat(Dblock.EMPTY.withChecksum().checksum()).isEqualTo(0xCB5AD842);
    assertThat(Dblock.EMPTY.withChecksum().isUnused()).isFalse();
    assertThat(Dblock.EMPTY.withChecksum().isValid()).isTrue();
  }

  @Test
  void aModeBlockWithoutAGenerationBlocksNobody() {
    assertThat(ModeBlock.shared(0).isShared()).isTrue();
    assertThat(ModeBlock.shared(0).blocksExclusive()).isFalse();
    assertThat(ModeBlock.shared(1).blocksExclusive()).isTrue();
    assertThat(new ModeBlock(2, 1).isShared()).isFalse();
    assertThat(new ModeBlock(3, 1).isShared()).isTrue();
  }
}
