// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import static dev.leasehold.engine.lockspace.TestHost.codeOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.JoinOptions.OnLoss;
import dev.leasehold.engine.LockspaceState;
import dev.leasehold.engine.LockspaceUse;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.LossReason;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.engine.spi.KillPhase;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Name;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Loss and recovery: docs/spec/algorithms.md 1.2, 4.3, 4.6, 6.3. */
class RecoveryTest {

  // N = 1 and g = 5 as in the measured example of 1.2.
  private static TestHost joined(Lab lab) throws Exception {
    TestHost host = lab.host("a", 5);
    host.join(1, 1);
    lab.sleep(0.75);
    assertThat(host.heard("renewed")).hasSize(1);
    return host;
  }

  private static double lastSuccess(TestHost host) {
    return host.heard("renewed").getLast().at();
  }

  @Test
  void failsExactlyEightIoTimeoutsAfterTheLastSuccess() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          lab.storage.always(Lab.writes("a"), Fault.EIO);
          double success = lastSuccess(host);
          Membership membership = host.membership();
          lab.sleep(success + 8 - 0.001 - lab.time.bootNanos() / 1e9);
          membership.ensureValid();
          assertThat(host.heard("lost")).isEmpty();
          lab.sleep(0.001);
          assertThat(codeOf(membership::ensureValid)).isEqualTo(ErrorCode.ENOSPC);
          lab.sleep(0.01);
          assertThat(host.heard("lost EXPIRED").getFirst().at())
              .isCloseTo(success + 8, within(0.001));
        });
  }

  @Test
  void aHungTransferDelaysNeitherLossNorKilling() {
    for (boolean read : List.of(true, false)) {
      Lab.run(
          lab -> {
            TestHost host = joined(lab);
            host.holders.inUse = true;
            lab.storage.always(read ? Lab.areaReads("a") : Lab.writes("a"), Fault.VANISH);
            double success = lastSuccess(host);
            lab.sleep(20);
            assertThat(host.heard("lost EXPIRED").getFirst().at())
                .isCloseTo(success + 8, within(0.001));
            assertThat(host.holders.steps(KillPhase.GRACEFUL).getFirst().at())
                .isCloseTo(success + 8, within(0.001));
            assertThat(host.holders.steps(KillPhase.KILL).getFirst().at())
                .isCloseTo(success + 13, within(0.2));
          });
    }
  }

  /** docs/bugs-found.md 1: landing after the next join, it would set the generation back. */
  @Test
  void isNotJoinedAgainBeforeAWriteOfTheFormerMembershipHasEnded() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          lab.storage.once(Lab.writes("a"), Fault.HANG);
          lab.sleep(80);
          assertThat(host.heard("lost EXPIRED")).hasSize(1);
          assertThat(codeOf(() -> host.join(1, 1))).isEqualTo(ErrorCode.EAGAIN);
          lab.sleep(1000);
          assertThat(codeOf(() -> host.join(1, 1))).isEqualTo(ErrorCode.EAGAIN);
          lab.storage.unhang();
          lab.sleep(3);
          assertThat(lab.record(1).ownerGeneration()).isEqualTo(1);
          assertThat(host.join(1, 1).generation()).isEqualTo(2);
        });
  }

  @Test
  void killsGracefullyThenForGoodUntilNobodyUsesIt() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          host.holders.inUse = true;
          lab.storage.always(Lab.writes("a"), Fault.EIO);
          double success = lastSuccess(host);
          lab.sleep(16);
          List<FakeHolders.Step> graceful = host.holders.steps(KillPhase.GRACEFUL);
          assertThat(graceful.getFirst().at()).isCloseTo(success + 8, within(0.001));
          assertThat(graceful.getLast().at()).isBetween(success + 12.7, success + 13);
          assertThat(graceful.get(3).at() - graceful.get(2).at()).isCloseTo(0.2, within(0.001));
          List<FakeHolders.Step> kill = host.holders.steps(KillPhase.KILL);
          assertThat(kill.getFirst().at()).isBetween(success + 12.999, success + 13.21);
          assertThat(host.watchdog.log).doesNotContain("clear");
          assertThat(view(host).state()).isEqualTo(LockspaceState.JOINED);
          assertThat(view(host).killing()).isTrue();
          assertThat(host.holders.calls).containsExactly("dead LS true");

          host.holders.inUse = false;
          lab.sleep(0.3);
          assertThat(
                  host.watchdog.log.subList(host.watchdog.log.size() - 2, host.watchdog.log.size()))
              .containsExactly("clear", "close");
          assertThat(host.lockspaces.lockspaces()).isEmpty();
          // The last renewal failed: our record stays, others wait until we are provably dead.
          assertThat(lab.record(1).isFree()).isFalse();
          assertThat(host.holders.calls).containsExactly("dead LS true", "gone LS");
        });
  }

  private static LockspaceView view(TestHost host) {
    return host.lockspaces.lockspaces().getFirst();
  }

  @Test
  void isStillInquiredAsJoinedWhileItIsKilledButGrantsNothing() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          host.holders.inUse = true;
          lab.storage.always(Lab.writes("a"), Fault.EIO);
          lab.sleep(10);
          assertThat(host.lockspaces.inquireLockspace(Lab.spec(1)).dead()).isTrue();
          assertThat(codeOf(() -> host.table.usable(Lab.NAME))).isEqualTo(ErrorCode.ENOSPC);
          assertThat(host.membership().usable()).isFalse();
          assertThat(codeOf(() -> host.membership().hosts().readDelta(1)))
              .isEqualTo(ErrorCode.ACQUIRE_LOCKSPACE);
          assertThat(codeOf(() -> host.lockspaces.setUse(Lab.NAME, LockspaceUse.USED)))
              .isEqualTo(ErrorCode.ENOSPC);
          host.lockspaces.setUse(Lab.NAME, LockspaceUse.UNUSED);
        });
  }

  @Test
  void storageThatComesBackAfterTheLossCancelsNothingButGivesMoreGraceOnce() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          host.holders.inUse = true;
          lab.storage.always(Lab.writes("a"), Fault.EIO);
          double success = lastSuccess(host);
          lab.sleep(10);
          lab.storage.heal();
          lab.sleep(10);
          assertThat(host.heard("lost")).hasSize(1);
          assertThat(host.membership().dead()).isTrue();
          // Renewed at 10 and every 2.5 s since: nobody else may take the leases.
          assertThat(host.holders.steps(KillPhase.KILL)).isEmpty();
          lab.sleep(10);
          // Lost at 8; 8N + g later a holder that will not stop is waited for no longer.
          assertThat(host.holders.steps(KillPhase.KILL).getFirst().at())
              .isBetween(success + 8 + 12.999, success + 8 + 13.21);
          assertThat(lastSuccess(host)).isGreaterThan(success + 25);
          assertThat(host.watchdog.log).last().asString().startsWith("live");
          host.holders.inUse = false;
          lab.sleep(0.5);
          assertThat(lab.record(1).isFree()).isTrue();
        });
  }

  @Test
  void aRenewalAfterOthersWereFreeToTakeTheLeasesGivesNoGrace() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          host.holders.inUse = true;
          int armed = host.watchdog.log.size();
          host.clock.suspend(100);
          lab.sleep(4);
          assertThat(host.heard("renewed")).hasSize(2);
          assertThat(host.holders.steps(KillPhase.GRACEFUL)).isEmpty();
          assertThat(host.holders.steps(KillPhase.KILL)).isNotEmpty();
          assertThat(host.watchdog.log).hasSize(armed);
        });
  }

  @Test
  void afterASuspendTheFirstQuestionIsAnsweredWithNoAndForGood() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          host.membership().ensureValid();
          host.clock.suspend(8);
          // Nothing has run since: no tick, no renewal.
          assertThat(codeOf(() -> host.membership().ensureValid())).isEqualTo(ErrorCode.ENOSPC);
          host.holders.inUse = true;
          lab.sleep(5);
          assertThat(host.heard("renewed")).hasSizeGreaterThan(1);
          assertThat(codeOf(() -> host.membership().ensureValid())).isEqualTo(ErrorCode.ENOSPC);
          assertThat(host.heard("lost EXPIRED")).hasSize(1);
        });
  }

  @Test
  void aShortSuspendHarmsNothing() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          host.clock.suspend(4);
          host.membership().ensureValid();
          lab.sleep(30);
          host.membership().ensureValid();
          assertThat(host.heard("lost")).isEmpty();
        });
  }

  @Test
  void aRecordTakenByAnotherOwnerIsFoundAtTheNextRenewalAndLeavesNoGrace() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          host.holders.inUse = true;
          double success = lastSuccess(host);
          lab.overwrite(1, record -> record.deltaAcquired(1, Name.of("thief"), 5, 1));
          lab.sleep(4);
          assertThat(host.heard("lost CORRUPT").getFirst().at())
              .isCloseTo(success + 2.5, within(0.001));
          assertThat(view(host).corruptResult()).contains(ErrorCode.RENEW_OWNER);
          assertThat(host.holders.steps(KillPhase.GRACEFUL)).isEmpty();
          assertThat(host.holders.steps(KillPhase.KILL).getFirst().at())
              .isCloseTo(success + 2.5, within(0.001));
          host.holders.inUse = false;
          lab.sleep(1);
          // Not ours to free.
          assertThat(lab.record(1).timestamp()).isEqualTo(5);
        });
  }

  @Test
  void anotherCorruptRecordLeavesGraceUntilEightIoTimeoutsAndG() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          host.holders.inUse = true;
          double success = lastSuccess(host);
          lab.overwrite(1, record -> record.toBuilder().writeId(99).build());
          lab.sleep(16);
          assertThat(host.heard("lost CORRUPT").getFirst().at())
              .isCloseTo(success + 2.5, within(0.001));
          assertThat(view(host).corruptResult()).contains(ErrorCode.RENEW_DIFF);
          assertThat(host.holders.steps(KillPhase.GRACEFUL).getFirst().at())
              .isCloseTo(success + 2.5, within(0.001));
        });
  }

  @Test
  void aRemovalKillsAtOnce() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          host.holders.inUse = true;
          double now = host.clock.bootNanos() / 1e9;
          host.lockspaces.startRemoveLockspace(Lab.spec(1), false);
          // Asking again before it is really being left is no error.
          host.lockspaces.startRemoveLockspace(Lab.spec(1), false);
          lab.sleep(1);
          assertThat(host.holders.steps(KillPhase.GRACEFUL)).isEmpty();
          assertThat(host.holders.steps(KillPhase.KILL).getFirst().at())
              .isCloseTo(now, within(0.001));
          host.holders.inUse = false;
          lab.sleep(0.3);
          assertThat(host.lockspaces.lockspaces()).isEmpty();
          assertThat(lab.record(1).isFree()).isTrue();
        });
  }

  @Test
  void aRemovalAfterTheLossEndsTheGrace() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          host.holders.inUse = true;
          lab.storage.always(Lab.writes("a"), Fault.EIO);
          lab.sleep(9);
          assertThat(host.holders.steps(KillPhase.GRACEFUL)).isNotEmpty();
          assertThat(host.holders.steps(KillPhase.KILL)).isEmpty();
          double now = host.clock.bootNanos() / 1e9;
          host.lockspaces.startRemoveLockspace(Lab.spec(1), false);
          lab.sleep(0.5);
          assertThat(host.holders.steps(KillPhase.KILL).getFirst().at())
              .isCloseTo(now, within(0.201));
        });
  }

  @Test
  void whileItIsUsedTheWatchdogStaysArmedAndTheLockspaceIsNotLeft() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          host.lockspaces.setUse(Lab.NAME, LockspaceUse.USED);
          host.lockspaces.startRemoveLockspace(Lab.spec(1), false);
          lab.sleep(10);
          assertThat(host.watchdog.log).doesNotContain("clear");
          assertThat(view(host).used()).isTrue();
          host.lockspaces.setUse(Lab.NAME, LockspaceUse.UNUSED);
          lab.sleep(0.1);
          assertThat(host.watchdog.log).contains("clear");
        });
  }

  @Test
  void orphansCountAsUseOnlyIfThatWasSaid() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          host.holders.orphans = true;
          host.lockspaces.setUse(Lab.NAME, LockspaceUse.USED_BY_ORPHANS);
          host.lockspaces.startRemoveLockspace(Lab.spec(1), false);
          lab.sleep(3);
          assertThat(host.watchdog.log).doesNotContain("clear");
          host.lockspaces.setUse(Lab.NAME, LockspaceUse.UNUSED_BY_ORPHANS);
          lab.sleep(0.3);
          assertThat(host.lockspaces.lockspaces()).isEmpty();
          host.join(1, 1);
          host.lockspaces.removeLockspace(Lab.spec(1), false);
        });
  }

  @Test
  void aWatchdogThatCannotBeClearedIsTriedAgainAndSpokenOf() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          host.watchdog.refuseClears = 2;
          host.lockspaces.removeLockspace(Lab.spec(1), false);
          assertThat(host.watchdog.log)
              .filteredOn(entry -> entry.startsWith("clear"))
              .containsExactly("clear refused", "clear refused");
          assertThat(host.heard("note the watchdog test")).hasSize(1);
        });
  }

  @Test
  void aRenewalUnderWayCannotArmTheWatchdogAgain() throws Exception {
    FakeWatchdog watchdog = new FakeWatchdog();
    dev.leasehold.engine.port.Watchdog.Test test = watchdog.open("x");
    WatchdogGuard[] guard = new WatchdogGuard[1];
    guard[0] =
        new WatchdogGuard(
            new dev.leasehold.engine.port.Watchdog.Test() {
              @Override
              public void live(long renewal, long expire)
                  throws dev.leasehold.engine.port.Watchdog.WatchdogException {
                guard[0].clear(); // the check task, just now
                test.live(renewal, expire);
              }

              @Override
              public void clear() throws dev.leasehold.engine.port.Watchdog.WatchdogException {
                test.clear();
              }

              @Override
              public void close() {
                test.close();
              }
            });
    guard[0].live(10, 18);
    guard[0].live(12, 20);
    assertThat(watchdog.log).containsExactly("open x", "clear", "live 10 18", "clear");
  }

  @Test
  void anEmbeddingProgramIsToldFirstAndKilledOnlyWhenTheGraceIsOver() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a", 5);
          host.join(1, JoinOptions.DEFAULT.withIoTimeout(1).withOnLoss(OnLoss.TELL_THEN_KILL));
          host.holders.inUse = true;
          lab.sleep(0.75);
          double success = lastSuccess(host);
          lab.storage.always(Lab.writes("a"), Fault.EIO);
          lab.sleep(15);
          assertThat(host.heard("lost EXPIRED")).hasSize(1);
          assertThat(host.holders.steps(KillPhase.GRACEFUL)).isEmpty();
          assertThat(host.holders.steps(KillPhase.KILL).getFirst().at())
              .isBetween(success + 12.999, success + 13.21);
        });
  }

  @Test
  void aForcedShutdownLeavesEverythingAndAcceptsNoMore() {
    Lab.run(
        lab -> {
          TestHost host = joined(lab);
          assertThat(host.lockspaces.closeIfEmpty()).isFalse();
          host.membership().ensureValid();
          host.lockspaces.leaveAll(LossReason.SHUTDOWN);
          assertThat(host.heard("lost SHUTDOWN")).hasSize(1);
          assertThat(lab.record(1).isFree()).isTrue();
          assertThat(codeOf(() -> host.join(1, 1))).isEqualTo(ErrorCode.EPERM);
          assertThat(host.lockspaces.closeIfEmpty()).isTrue();
        });
  }
}
