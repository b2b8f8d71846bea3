// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import static dev.leasehold.engine.lockspace.TestHost.codeOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.HostEventFlag;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostEvent;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a host tells others: docs/spec/algorithms.md 4.5, docs/spec/wire.md 4.20. */
class HostNoticesTest {

  private static final HostEvent FIVE = new HostEvent(1, 5, 0);
  private static final HostEvent SIX = new HostEvent(1, 6, 0);
  private final HostNotices notices = new HostNotices(3, 2000, 60);

  @Test
  void aBitExpires() {
    notices.notifyHost(7, 100);
    notices.notifyHost(8, 101);
    assertThat(notices.bitmap(159).hostIds()).containsExactly(7L, 8L);
    assertThat(notices.bitmap(160).hostIds()).containsExactly(8L);
    assertThat(notices.bitmap(161).isEmpty()).isTrue();
  }

  @Test
  void ownAndImpossibleIdsHaveNoBit() {
    for (long id : new long[] {3, 0, -1, 2001}) {
      notices.notifyHost(id, 100);
    }
    assertThat(notices.bitmap(100).isEmpty()).isTrue();
  }

  @Test
  void anotherEventIsRefusedWhileOneIsTold() throws Exception {
    notices.setEvent(7, FIVE, Set.of(), 100);
    assertThat(codeOf(() -> notices.setEvent(8, SIX, Set.of(), 159))).isEqualTo(ErrorCode.EBUSY);
    assertThat(notices.event()).isEqualTo(FIVE);
    notices.setEvent(8, FIVE, Set.of(), 110);
    assertThat(notices.bitmap(110).hostIds()).containsExactly(7L, 8L);
    notices.setEvent(8, SIX, Set.of(), 170);
    assertThat(notices.event()).isEqualTo(SIX);
  }

  @Test
  void replaceOverridesAndZeroIsNoConflict() throws Exception {
    notices.setEvent(7, FIVE, Set.of(), 100);
    notices.setEvent(7, SIX, Set.of(HostEventFlag.REPLACE), 101);
    assertThat(notices.event()).isEqualTo(SIX);
    notices.setEvent(7, HostEvent.NONE, Set.of(), 102);
    assertThat(notices.event()).isEqualTo(HostEvent.NONE);
  }

  @Test
  void clearsEventOrHost() throws Exception {
    notices.setEvent(7, FIVE, Set.of(HostEventFlag.ALL_HOSTS), 100);
    assertThat(notices.bitmap(100).size()).isEqualTo(1999);
    notices.setEvent(9, FIVE, Set.of(HostEventFlag.CLEAR_HOST), 101);
    assertThat(notices.bitmap(101).contains(9)).isFalse();
    notices.setEvent(7, FIVE, Set.of(HostEventFlag.CLEAR_EVENT), 102);
    assertThat(notices.event().isNone()).isTrue();
    assertThat(notices.bitmap(102).size()).isEqualTo(1998);
  }
}
