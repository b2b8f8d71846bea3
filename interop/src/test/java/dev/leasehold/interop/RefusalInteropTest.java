// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.Holding;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A C host and one of ours on the same leases: what one holds the other refuses, and what one asks
 * or tells the other gets.
 */
class RefusalInteropTest {
  private static final String SPACE = "LS0";
  private static final int IO_TIMEOUT = 2;
  private static final int C_ID = 1;
  private static final int OUR_ID = 2;
  private static final Eventually SOON = Eventually.within(Duration.ofSeconds(120));

  private static Lab lab;
  private static SocketHost theirs;
  private static OurHost ours;
  private static Path lockspace;

  @BeforeAll
  static void join() throws Exception {
    Lab.needsSanlock();
    lab = Lab.open();
    lockspace = lab.lockspace(SPACE, IO_TIMEOUT);
    theirs = lab.cHost("c-host");
    ours = lab.ourHost("our-host");
    Both.run(
        () -> theirs.join(SPACE, C_ID, lockspace, IO_TIMEOUT),
        () -> ours.join(SPACE, OUR_ID, lockspace, IO_TIMEOUT));
  }

  @AfterAll
  static void close() {
    if (lab != null) {
      lab.close();
    }
  }

  private static LeaseFile resource(String name) throws IOException {
    return new LeaseFile(SPACE, name, lab.resource(SPACE, name));
  }

  @Test
  void theCDaemonRefusesWhatWeHold() throws Exception {
    LeaseFile lease = resource("ours");
    ours.acquire(lease, false);
    assertThat(Refused.codeOf(() -> theirs.acquire(lease, false))).isEqualTo(-243);
    assertThat(Refused.codeOf(() -> theirs.acquire(lease, true))).isEqualTo(-243);
    ours.release(lease);
    theirs.acquire(lease, false);
    theirs.release(lease);
  }

  @Test
  void weRefuseWhatTheCDaemonHoldsAndNameItsHost() throws Exception {
    LeaseFile lease = resource("theirs");
    theirs.acquire(lease, false);
    for (boolean shared : List.of(false, true)) {
      long begin = System.nanoTime();
      AcquireResult result = ours.acquire(OurHost.request(lease, shared), AcquireOptions.DEFAULT);
      // Nobody waits as for a dead host, 8 N + 60 s.
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
      Refusal refusal = ((AcquireResult.Refused) result).refusal();
      assertThat(refusal.code()).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
      assertThat(refusal.message()).contains("c-host", "host id " + C_ID);
      Holding culprit = refusal.culprit().orElseThrow();
      assertThat(culprit.hostId()).isEqualTo(C_ID);
      assertThat(culprit.hostName()).contains("c-host");
      assertThat(culprit.alive()).contains(true);
      assertThat(culprit.local()).isFalse();
      assertThat(culprit.mode()).isEqualTo(HoldMode.EXCLUSIVE);
    }
    theirs.release(lease);
    ours.acquire(lease, false);
    ours.release(lease);
  }

  @Test
  void sharedLeasesAreSharedAndKeepExclusiveOnesOut() throws Exception {
    LeaseFile lease = resource("shared");
    theirs.acquire(lease, true);
    assertThat(Refused.codeOf(() -> ours.acquire(lease, false))).isEqualTo(-11);
    ours.acquire(lease, true);
    assertThat(ours.manager().whoHolds(OurHost.location(lease)))
        .extracting(Holding::hostId)
        .containsExactlyInAnyOrder((long) C_ID, (long) OUR_ID);
    theirs.release(lease);
    assertThat(Refused.codeOf(() -> theirs.acquire(lease, false))).isEqualTo(-11);
    theirs.acquire(lease, true);
    ours.release(lease);
    assertThat(Refused.codeOf(() -> ours.acquire(lease, false))).isEqualTo(-11);
    theirs.release(lease);
    ours.acquire(lease, false);
    ours.release(lease);
  }

  @Test
  void conversionsSeeTheOtherSharer() throws Exception {
    LeaseFile lease = resource("convert");
    ours.acquire(lease, true);
    theirs.acquire(lease, true);
    assertThat(Refused.codeOf(() -> ours.convert(lease, false))).isEqualTo(-11);
    assertThat(Refused.codeOf(() -> theirs.convert(lease, false))).isEqualTo(-11);
    theirs.release(lease);
    ours.convert(lease, false);
    assertThat(Refused.codeOf(() -> theirs.acquire(lease, true))).isEqualTo(-243);
    ours.convert(lease, true);
    theirs.acquire(lease, true);
    ours.release(lease);
    theirs.convert(lease, false);
    assertThat(Refused.codeOf(() -> ours.acquire(lease, true))).isEqualTo(-243);
    theirs.convert(lease, true);
    ours.acquire(lease, true);
    ours.release(lease);
    theirs.release(lease);
  }

  @Test
  void aLockValueBlockGoesFromHostToHost() throws Exception {
    LeaseFile lease = resource("value");
    theirs.acquireWithValue(lease);
    theirs.setValue(lease, "from them");
    theirs.release(lease);
    ours.acquireWithValue(lease);
    assertThat(ours.value(lease, 9)).isEqualTo("from them");
    ours.setValue(lease, "from us");
    ours.release(lease);
    theirs.acquireWithValue(lease);
    // A shorter value overwrites the beginning only (docs/spec/ondisk.md 6.8).
    assertThat(theirs.value(lease, 9)).isEqualTo("from usem");
    theirs.release(lease);
  }

  /**
   * Asks again every 8 s: a host looks for requests once in 6 io timeouts at most, so one that
   * follows the sign of another test may be passed over (docs/spec/algorithms.md 4.4).
   */
  private static void askUntil(
      String what, ClusterHost asker, LeaseFile lease, Callable<Boolean> condition)
      throws Exception {
    long[] next = {System.nanoTime()};
    Eventually.within(Duration.ofSeconds(150))
        .holds(
            what,
            () -> {
              if (condition.call()) {
                return true;
              }
              if (System.nanoTime() >= next[0]) {
                next[0] += Duration.ofSeconds(8).toNanos();
                asker.ask(lease, false);
              }
              return false;
            });
  }

  @Test
  void eachAsksTheOtherToGiveUp() throws Exception {
    LeaseFile lease = resource("request");
    // A kill of a request comes at most once in 6 io timeouts, so both directions at once.
    LeaseFile back = resource("requestback");
    SocketHost cHolder = theirs.withOtherHolder();
    OurHost ourHolder = ours.with(lab.process().toHandle());
    cHolder.acquire(lease, false);
    ourHolder.acquire(back, false);
    askUntil("the C host has stopped its holder", ours, lease, () -> !cHolder.holderAlive());
    askUntil("we have stopped our holder", theirs, back, () -> !ourHolder.holderAlive());
    SOON.holds("we get it", () -> Refused.codeOf(() -> ours.acquire(lease, false)) == 0);
    SOON.holds("they get it", () -> Refused.codeOf(() -> theirs.acquire(back, false)) == 0);
    ours.release(lease);
    theirs.release(back);
  }

  @Test
  void aForcedRequestKillsAHolderThatWouldNotStop() throws Exception {
    LeaseFile lease = resource("force");
    OurHost ourHolder = ours.with(lab.stubbornProcess().toHandle());
    ourHolder.acquire(lease, false);
    // The other test's request may have been accepted less than 6 io timeouts ago: ask again.
    SOON.holds(
        "we have killed our holder",
        () -> {
          if (ourHolder.holderAlive()) {
            Refused.codeOf(() -> theirs.ask(lease, true));
          }
          return !ourHolder.holderAlive();
        });
    SOON.holds("they get it", () -> Refused.codeOf(() -> theirs.acquire(lease, false)) == 0);
    theirs.release(lease);
  }

  @Test
  void eventsGoBothWays() throws Exception {
    ours.listen(SPACE);
    theirs.listen(SPACE);
    theirs.tell(SPACE, OUR_ID, 1, 0x1122, 0x3344);
    ours.tell(SPACE, C_ID, 1, 0x5566, 0x7788);
    assertThat(ours.heard()).isEqualTo("%d 1 %d %d".formatted(C_ID, 0x1122, 0x3344));
    assertThat(theirs.heard()).isEqualTo("%d 1 %d %d".formatted(OUR_ID, 0x5566, 0x7788));
  }
}
