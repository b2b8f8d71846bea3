// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.ondisk.Dblock;
import org.junit.jupiter.api.Test;

/** What must not be forgotten of an acquisition (docs/spec/algorithms.md 3.6). */
class FootprintTest {
  private static final long NOW = 5000;
  private final Footprint footprint = new Footprint(new Member(1, 3));

  private static Dblock naming(long owner, long mbal) {
    return Dblock.phase1(mbal, 7).phase2(owner, 3, NOW);
  }

  @Test
  void aProposalThatWasNotChosenIsStillTakenBackAndNotUsedAgain() {
    footprint.found(Dblock.EMPTY);
    footprint.wrote(naming(1, 1));
    footprint.wrote(naming(2, 2001));
    assertThat(footprint.needsRetract()).isTrue();
    assertThat(footprint.freshProposal(NOW).inp3()).isEqualTo(NOW + 1);
    // Another look at the lease finds what was written last, and changes nothing of that.
    footprint.found(naming(2, 2001));
    assertThat(footprint.needsRetract()).isTrue();
    assertThat(footprint.freshProposal(NOW).inp3()).isEqualTo(NOW + 1);
  }

  @Test
  void whatWasLeftByAnEarlierAcquisitionIsNothingToTakeBack() {
    footprint.found(naming(1, 1));
    footprint.wrote(Dblock.phase1(2001, 8));
    assertThat(footprint.needsRetract()).isFalse();
    assertThat(footprint.freshProposal(NOW).inp3()).isEqualTo(NOW + 1);
  }
}
