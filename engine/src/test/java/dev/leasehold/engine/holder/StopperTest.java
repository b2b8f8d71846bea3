// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.holder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.engine.resource.fake.FakeProcesses;
import dev.leasehold.engine.resource.fake.FakeTime;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** docs/spec/algorithms.md 4.6 and 3.9. */
class StopperTest {
  private static final boolean GRACEFUL = true;
  private static final boolean KILL = false;
  private static final Restrictions NO_SIGKILL = new Restrictions(false, true, false);
  private static final Restrictions NO_SIGTERM = new Restrictions(false, false, true);
  private static final Restrictions NEITHER = new Restrictions(false, true, true);

  private final FakeTime time = new FakeTime(1);
  private final FakeProcesses processes = new FakeProcesses(time);
  private final HolderTable table = new HolderTable(new Object(), processes);
  private final Stopper stopper = new Stopper(table, processes, time);

  private HolderId holder(int pid) throws LeaseException {
    processes.spawn(pid).makeImmune();
    return table.register(pid, Lifetime.CONNECTION, HolderLabel.NONE, id -> {});
  }

  private interface Body {
    void run() throws Exception;
  }

  private void inTime(Body body) throws Exception {
    time.run(
        () -> {
          body.run();
          return true;
        });
  }

  private void second() {
    time.letPass(Duration.ofSeconds(1));
  }

  @Test
  void sigtermThenSigkillOnceASecond() throws Exception {
    inTime(
        () -> {
          HolderId id = holder(10);
          for (int tick = 0; tick < 10; tick++) {
            stopper.step(id, GRACEFUL);
            time.letPass(Duration.ofMillis(200));
          }
          assertThat(processes.log()).containsExactly("signal 15 to 10", "signal 15 to 10");
          stopper.step(id, KILL);
          assertThat(processes.log().getLast()).isEqualTo("signal 9 to 10");
        });
  }

  @Test
  void theKillProgramRunsOnceInPlaceOfSigtermAndThenComesSigkill() throws Exception {
    inTime(
        () -> {
          HolderId id = holder(10);
          table.setKillPath(id, new KillPath("/bin/stop", "a", true));
          for (int i = 0; i < 5; i++) {
            stopper.step(id, GRACEFUL);
            second();
          }
          assertThat(processes.log()).containsExactly("run [/bin/stop, a, 10]");
          stopper.step(id, KILL);
          assertThat(processes.log().getLast()).isEqualTo("signal 9 to 10");
        });
  }

  @Test
  void restrictionsReplaceOneSignalByTheOther() throws Exception {
    inTime(
        () -> {
          HolderId a = holder(10);
          HolderId b = holder(11);
          HolderId c = holder(12);
          table.restrict(a, NO_SIGKILL);
          table.restrict(b, NO_SIGTERM);
          table.restrict(c, NEITHER);
          stopper.step(a, KILL);
          stopper.step(b, GRACEFUL);
          stopper.step(c, KILL);
          second();
          stopper.step(c, GRACEFUL);
          assertThat(processes.log())
              .containsExactly(
                  "signal 15 to 10", "signal 9 to 11", "signal 9 to 12", "signal 9 to 12");
        });
  }

  @Test
  void afterAHundredAttemptsItIsStuckAndLeftAlone() throws Exception {
    inTime(
        () -> {
          HolderId id = holder(10);
          int stuck = 0;
          for (int i = 0; i < 150; i++) {
            Optional<Stopper.Step> step = stopper.step(id, KILL);
            stuck += step.filter(Stopper.Step::stuck).isPresent() ? 1 : 0;
            second();
          }
          assertThat(processes.log()).hasSize(Stopper.MAX_ATTEMPTS);
          assertThat(stuck).isEqualTo(1);
        });
  }

  @Test
  void aLongGracefulPhaseLeavesAllAttemptsToKill() throws Exception {
    inTime(
        () -> {
          HolderId id = holder(10);
          for (int i = 0; i < 150; i++) {
            Optional<Stopper.Step> step = stopper.step(id, GRACEFUL);
            assertThat(step.filter(Stopper.Step::stuck)).isEmpty();
            second();
          }
          assertThat(processes.log()).hasSize(Stopper.MAX_ATTEMPTS).containsOnly("signal 15 to 10");
          for (int i = 0; i < 150; i++) {
            stopper.step(id, KILL);
            second();
          }
          assertThat(processes.log())
              .hasSize(2 * Stopper.MAX_ATTEMPTS)
              .endsWith("signal 9 to 10", "signal 9 to 10");
        });
  }

  @Test
  void whileItIsBeingStoppedItCannotAcquireButEverythingElse() throws Exception {
    inTime(
        () -> {
          HolderId id = holder(10);
          stopper.step(id, GRACEFUL);
          assertThatThrownBy(() -> table.begin(id, true))
              .isInstanceOfSatisfying(
                  LeaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.EBUSY));
          table.begin(id, false);
          table.end(id);
          stopper.reprieve(id);
          table.begin(id, true);
        });
  }

  @Test
  void aHolderThatHasEndedIsNotSignalled() throws Exception {
    inTime(
        () -> {
          HolderId id = holder(10);
          table.markEnded(id);
          assertThat(stopper.step(id, KILL)).isEmpty();
          stopper.requested(id, true, Optional.empty(), Restrictions.NONE);
          assertThat(processes.log()).isEmpty();
        });
  }

  @Test
  void aForceRequestIsSigkillOrSigterm() throws Exception {
    inTime(
        () -> {
          HolderId id = holder(10);
          stopper.requested(id, true, Optional.of(new KillPath("/x", "", true)), Restrictions.NONE);
          stopper.requested(id, true, Optional.empty(), NO_SIGKILL);
          assertThat(processes.log()).containsExactly("signal 9 to 10", "signal 15 to 10");
        });
  }

  @Test
  void aGracefulRequestIsTheKillProgramWithoutPidOrSigtermOrSigkill() throws Exception {
    inTime(
        () -> {
          HolderId id = holder(10);
          Optional<KillPath> path = Optional.of(new KillPath("/x", "a", true));
          stopper.requested(id, false, path, Restrictions.NONE);
          stopper.requested(id, false, Optional.empty(), Restrictions.NONE);
          stopper.requested(id, false, Optional.empty(), NO_SIGTERM);
          assertThat(processes.log())
              .containsExactly("run [/x, a]", "signal 15 to 10", "signal 9 to 10");
        });
  }
}
