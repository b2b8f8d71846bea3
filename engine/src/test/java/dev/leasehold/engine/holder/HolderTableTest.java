// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.holder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.engine.resource.fake.FakeProcesses;
import dev.leasehold.engine.resource.fake.FakeTime;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** docs/spec/algorithms.md 5.1. */
class HolderTableTest {
  private final FakeTime time = new FakeTime(1);
  private final FakeProcesses processes = new FakeProcesses(time);
  private final HolderTable table = new HolderTable(new Object(), processes);
  private final List<HolderId> ended = new ArrayList<>();

  private HolderId register(int pid, Lifetime lifetime) throws LeaseException {
    return table.register(pid, lifetime, HolderLabel.command("test"), ended::add);
  }

  private static void refused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(LeaseException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private void inTime(Callable<?> body) throws Exception {
    time.run(body);
  }

  @Test
  void onlyLiveProcessesWithPositivePidsAreRegistered() {
    refused(ErrorCode.EINVAL, () -> register(0, Lifetime.PROCESS));
    refused(ErrorCode.EINVAL, () -> register(-1, Lifetime.PROCESS));
    refused(ErrorCode.ESRCH, () -> register(99, Lifetime.PROCESS));
  }

  @Test
  void aProcessMayBeRegisteredSeveralTimesAndTheOldestIsFound() throws Exception {
    processes.spawn(10);
    HolderId first = register(10, Lifetime.PROCESS);
    HolderId second = register(10, Lifetime.CONNECTION);
    assertThat(table.oldestOf(10)).contains(first);
    assertThat(table.markEnded(first)).isTrue();
    assertThat(table.oldestOf(10)).contains(second);
    assertThat(table.sameProcess(first, second)).isTrue();
  }

  @Test
  void theEndOfTheProcessIsToldOnceAndNotForConnections() throws Exception {
    inTime(
        () -> {
          FakeProcesses.FakeProcess process = processes.spawn(10);
          HolderId byProcess = register(10, Lifetime.PROCESS);
          register(10, Lifetime.CONNECTION);
          process.die();
          time.letPass(Duration.ofSeconds(1));
          assertThat(ended).containsExactly(byProcess);
          return true;
        });
  }

  @Test
  void aProcessThatDiedBeforeItWasWatchedIsToldToo() throws Exception {
    inTime(
        () -> {
          FakeProcesses.FakeProcess process = processes.spawn(10);
          HolderTable raced = new HolderTable(new Object(), new DyingOnFind(processes, process));
          raced.register(10, Lifetime.PROCESS, HolderLabel.NONE, ended::add);
          time.letPass(Duration.ofSeconds(1));
          assertThat(ended).hasSize(1);
          return true;
        });
  }

  @Test
  void aLaterProcessWithTheSamePidIsAnother() throws Exception {
    inTime(
        () -> {
          FakeProcesses.FakeProcess old = processes.spawn(10);
          HolderId before = register(10, Lifetime.CONNECTION);
          old.die();
          FakeProcesses.FakeProcess reused = processes.spawn(10);
          HolderId after = register(10, Lifetime.CONNECTION);
          assertThat(table.sameProcess(before, after)).isFalse();
          Stopper stopper = new Stopper(table, processes, time);
          assertThat(stopper.step(before, false)).isPresent();
          assertThat(reused.alive()).isTrue();
          assertThat(stopper.step(after, false)).isPresent();
          assertThat(reused.alive()).isFalse();
          return true;
        });
  }

  @Test
  void oneCommandAtATime() throws Exception {
    processes.spawn(10);
    HolderId id = register(10, Lifetime.PROCESS);
    table.begin(id, true);
    refused(ErrorCode.EBUSY, () -> table.begin(id, false));
    assertThat(table.end(id)).isFalse();
    table.begin(id, false);
  }

  @Test
  void anUnknownHolderAndOneThatHasEndedAreRefused() throws Exception {
    processes.spawn(10);
    HolderId id = register(10, Lifetime.PROCESS);
    refused(ErrorCode.ESRCH, () -> table.begin(new HolderId(77), false));
    assertThat(table.markEnded(id)).isTrue();
    assertThat(table.markEnded(id)).isFalse();
    refused(ErrorCode.ESTALE, () -> table.begin(id, false));
    table.remove(id);
    refused(ErrorCode.ESRCH, () -> table.begin(id, false));
  }

  @Test
  void theEndDuringACommandIsLeftToTheCommand() throws Exception {
    processes.spawn(10);
    HolderId id = register(10, Lifetime.PROCESS);
    table.begin(id, false);
    assertThat(table.markEnded(id)).isFalse();
    assertThat(table.living(id)).isFalse();
    assertThat(table.end(id)).isTrue();
  }

  /** A process that dies between being found and being watched. */
  private record DyingOnFind(FakeProcesses real, FakeProcesses.FakeProcess victim)
      implements dev.leasehold.engine.port.Processes {
    @Override
    public java.util.Optional<Handle> find(int pid) {
      var found = real.find(pid);
      victim.die();
      return found;
    }

    @Override
    public java.util.Optional<Handle> find(ProcessId id) {
      return real.find(id);
    }

    @Override
    public boolean run(List<String> argv) {
      return real.run(argv);
    }

    @Override
    public String bootId() {
      return real.bootId();
    }

    @Override
    public ProcessId self() {
      return real.self();
    }
  }
}
