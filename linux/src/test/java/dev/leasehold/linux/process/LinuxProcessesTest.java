// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.leasehold.engine.port.Processes.Handle;
import dev.leasehold.engine.port.Processes.ProcessId;
import dev.leasehold.linux.LinuxClock;
import dev.leasehold.linux.VirtualTasks;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LinuxProcessesTest {

  private static final int SIGKILL = 9;
  private static final int SIGTERM = 15;

  private final LinuxProcesses processes =
      new LinuxProcesses(
          new VirtualTasks(
              new LinuxClock(),
              (task, failure) -> {
                throw new AssertionError(task, failure);
              }));
  private final List<Process> children = new ArrayList<>();

  @TempDir Path directory;

  @AfterEach
  void endChildren() throws InterruptedException {
    for (Process child : children) {
      child.descendants().forEach(ProcessHandle::destroyForcibly);
      child.destroyForcibly().waitFor();
    }
    processes.close();
  }

  private Process start(String... argv) throws IOException {
    Process child = new ProcessBuilder(argv).start();
    children.add(child);
    return child;
  }

  private Process sleeper() throws IOException {
    return start("sleep", "1000");
  }

  private Handle handle(Process child) {
    return processes.find((int) child.pid()).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void findsNoProcessOfANumberThatNoneHas(int pid) {
    assertThat(processes.find(pid)).isEmpty();
  }

  @Test
  void findsALiveProcessAndItsStartTime() throws IOException {
    Process child = sleeper();
    try (Handle handle = handle(child)) {
      assertThat(handle.alive()).isTrue();
      assertThat(handle.id().pid()).isEqualTo((int) child.pid());
      assertThat(handle.id().startTicks()).isGreaterThanOrEqualTo(processes.self().startTicks());
    }
  }

  @Test
  void findsByIdentityOnlyTheProcessThatStartedThen() throws IOException {
    ProcessId id;
    try (Handle handle = handle(sleeper())) {
      id = handle.id();
    }
    try (Handle again = processes.find(id).orElseThrow()) {
      assertThat(again.id()).isEqualTo(id);
    }
    // A later process with the same number would have another start time.
    assertThat(processes.find(new ProcessId(id.pid(), id.startTicks() - 1))).isEmpty();
  }

  @Test
  void takesAThreadForNoProcess() throws IOException {
    int self = processes.self().pid();
    try (var threads = Files.list(Path.of("/proc/self/task"))) {
      int thread =
          threads
              .map(path -> Integer.parseInt(path.getFileName().toString()))
              .filter(tid -> tid != self)
              .findAny()
              .orElseThrow();
      assertThat(processes.find(thread)).isEmpty();
    }
  }

  @Test
  void runsActionsOnceWhenAKilledProcessHasEnded() throws Exception {
    try (Handle handle = handle(sleeper())) {
      CountDownLatch both = new CountDownLatch(2);
      handle.onExit(both::countDown);
      handle.onExit(both::countDown);
      assertThat(handle.signal(SIGKILL)).isTrue();
      both.await();
      assertThat(handle.alive()).isFalse();
      CountDownLatch afterwards = new CountDownLatch(1);
      handle.onExit(afterwards::countDown);
      afterwards.await();
      assertThat(both.getCount()).isZero();
    }
  }

  @Test
  void watchesManyProcessesWithOneThread() throws Exception {
    Set<Thread> before = exitThreads();
    List<Handle> handles = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(20);
    for (int i = 0; i < 20; i++) {
      Handle handle = handle(sleeper());
      handle.onExit(all::countDown);
      handles.add(handle);
    }
    Set<Thread> started = exitThreads();
    started.removeAll(before);
    assertThat(started).hasSize(1);
    handles.forEach(handle -> assertThat(handle.signal(SIGTERM)).isTrue());
    all.await();
    handles.forEach(Handle::close);
  }

  private static Set<Thread> exitThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("leasehold-exits"))
        .collect(Collectors.toSet());
  }

  @Test
  void aZombieIsNotAlive() throws Exception {
    // sleep(1) never waits for the child that it got from the shell.
    Process parent = start("sh", "-c", "sleep 1000 & echo $!; exec sleep 1000");
    BufferedReader output = parent.inputReader(StandardCharsets.US_ASCII);
    int pid = Integer.parseInt(output.readLine());
    try (Handle handle = processes.find(pid).orElseThrow()) {
      CountDownLatch ended = new CountDownLatch(1);
      handle.onExit(ended::countDown);
      awaitCommand(parent, "sleep");
      assertThat(handle.signal(SIGKILL)).isTrue();
      ended.await();
      assertThat(Files.readString(Path.of("/proc/" + pid + "/stat"))).contains(") Z ");
      assertThat(handle.alive()).isFalse();
      assertThat(handle.signal(SIGTERM)).isFalse();
      assertThat(processes.find(pid)).isEmpty();
      assertThat(processes.find(handle.id())).isEmpty();
    }
  }

  /** Until the shell has become the sleep that reaps nobody. */
  private static void awaitCommand(Process process, String command) throws IOException {
    Path comm = Path.of("/proc/" + process.pid() + "/comm");
    until(
        () -> {
          try {
            return Files.readString(comm).strip().equals(command);
          } catch (IOException e) {
            return false;
          }
        });
  }

  private static void until(BooleanSupplier holds) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("waited too long").isNegative();
      Thread.onSpinWait();
    }
  }

  @Test
  void signalsNobodyOnceTheProcessIsGone() throws Exception {
    Process child = sleeper();
    try (Handle handle = handle(child)) {
      child.destroyForcibly().waitFor();
      assertThat(handle.signal(SIGTERM)).isFalse();
      assertThat(handle.alive()).isFalse();
    }
  }

  @Test
  void aClosedHandleDoesNothing() throws Exception {
    Process child = sleeper();
    Handle handle = handle(child);
    CountDownLatch never = new CountDownLatch(1);
    handle.onExit(never::countDown);
    handle.close();
    handle.close();
    assertThat(handle.signal(SIGKILL)).isFalse();
    assertThat(handle.alive()).isFalse();
    assertThatIllegalStateException().isThrownBy(() -> handle.onExit(() -> {}));
    // Another handle of the same process is told; by then the closed one would have been, too.
    try (Handle other = handle(child)) {
      CountDownLatch told = new CountDownLatch(1);
      other.onExit(told::countDown);
      child.destroyForcibly();
      told.await();
    }
    assertThat(never.getCount()).isEqualTo(1);
  }

  @Test
  void runsAProgramWithItsArguments() throws Exception {
    Path made = directory.resolve("a b");
    until(() -> processes.run(List.of("mkdir", made.toString()))); // a busy machine may need longer
    until(() -> Files.isDirectory(made));
  }

  @Test
  void saysWhenAProgramCannotBeStarted() {
    assertThat(processes.run(List.of(directory.resolve("none").toString()))).isFalse();
    assertThat(processes.run(List.of(directory.toString()))).isFalse();
    assertThat(processes.run(List.of())).isFalse();
    assertThat(processes.run(List.of("a\0b"))).isFalse();
  }

  @Test
  void knowsItself() {
    ProcessId self = processes.self();
    assertThat(self.pid()).isEqualTo((int) ProcessHandle.current().pid());
    try (Handle handle = processes.find(self).orElseThrow()) {
      assertThat(handle.alive()).isTrue();
    }
  }

  @Test
  void closesWithoutWaitingForAnyProcess() throws Exception {
    Set<Thread> before = exitThreads(); // of others in this JVM
    Handle handle = handle(sleeper());
    handle.onExit(() -> {});
    processes.close();
    assertThatIllegalStateException().isThrownBy(() -> handle.onExit(() -> {}));
    until(() -> before.containsAll(exitThreads()));
    handle.close();
  }
}
