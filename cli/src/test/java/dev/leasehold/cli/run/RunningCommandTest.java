// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.local.OwnerName;
import dev.leasehold.cli.local.RunProcesses;
import dev.leasehold.engine.port.Processes;
import dev.leasehold.engine.port.Processes.Handle;
import dev.leasehold.engine.port.Processes.ProcessId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What may be alive counts as alive. */
@Timeout(60)
class RunningCommandTest {
  private static final int SIGKILL = 9;

  private final String owner = OwnerName.unique();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
  private final Announcer announcer = new Announcer(new Terminal(err, err, false));
  private final Faulty processes = new Faulty(HostPorts.processes());

  @TempDir private Path directory;
  private RunningCommand command;

  @BeforeEach
  void startACommand() throws Exception {
    command =
        RunningCommand.start(
            owner,
            List.of("sleep", "300"),
            directory.resolve("gate"),
            List.of("true"),
            announcer,
            HostPorts.clock(),
            processes);
    command.open();
  }

  @AfterEach
  void endIt() {
    processes.fails = false;
    kill();
    command.awaitLeftovers();
    command.close();
    announcer.close();
    assertThat(guards()).isEmpty();
  }

  private void kill() {
    HostPorts.processes()
        .find(command.id())
        .ifPresent(
            handle -> {
              handle.signal(SIGKILL);
              handle.close();
            });
  }

  private List<ProcessHandle> guards() {
    return ProcessHandle.current()
        .children()
        .filter(child -> commandLine(child).contains(RunProcesses.mark(owner)))
        .filter(child -> commandLine(child).contains("leasehold-guard"))
        .toList();
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return java.nio.file.Files.readString(
          Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void whileItCannotBeToldWhetherAnybodyLivesTheLeasesAreKept() throws Exception {
    kill();
    command.awaitEnd();
    processes.fails = true;
    Thread waiting = Thread.ofPlatform().start(command::awaitLeftovers);
    processes.failures.await();
    assertThat(waiting.isAlive()).isTrue();
    processes.fails = false;
    waiting.join();
    announcer.close();
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("cannot be told whether the command has left processes behind")
        .contains("too many open files");
  }

  @Test
  void theGuardStaysUntilItIsCertainThatNobodyLives() {
    command.close();
    assertThat(guards()).hasSize(1);
  }

  /** As the real ones when no file can be opened. */
  private static final class Faulty implements Processes {
    private final Processes real;
    private final CountDownLatch failures = new CountDownLatch(3);
    private volatile boolean fails;

    Faulty(Processes real) {
      this.real = real;
    }

    private void check() {
      if (fails) {
        failures.countDown();
        throw new IllegalStateException("too many open files");
      }
    }

    @Override
    public Optional<Handle> find(int pid) {
      check();
      return real.find(pid);
    }

    @Override
    public Optional<Handle> find(ProcessId id) {
      check();
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
