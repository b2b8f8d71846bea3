// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.daemon.LinuxPorts;
import dev.leasehold.daemon.journal.JournalText.Held;
import dev.leasehold.daemon.journal.JournalText.Space;
import dev.leasehold.engine.holder.KillPath;
import dev.leasehold.engine.holder.Restrictions;
import dev.leasehold.engine.port.Processes.Handle;
import dev.leasehold.engine.port.Processes.ProcessId;
import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.linux.NoWatchdog;
import dev.leasehold.linux.Privileges;
import dev.leasehold.linux.watchdog.DirectWatchdog;
import dev.leasehold.ondisk.Name;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon does about the holders of one that was killed. */
class RestartTest {
  private static final Name LS = Name.of("LS");

  @TempDir Path dir;
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final LinuxPorts ports =
      new LinuxPorts((task, failure) -> faults.add(task + failure), Privileges.asWeAre());

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void leaveNoProcess() throws Exception {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
  }

  private Process start(String script) throws IOException {
    Process process = new ProcessBuilder("/bin/sh", "-c", script).start();
    started.add(process);
    return process;
  }

  /** Ignores SIGTERM from the moment it is returned. */
  private Process stubborn() throws IOException {
    Process process = start("trap '' TERM; echo ready; while :; do sleep 0.1; done");
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    return process;
  }

  private Held held(Process process, Optional<KillPath> killPath) {
    ProcessId id;
    try (Handle handle = ports.processes().find((int) process.pid()).orElseThrow()) {
      id = handle.id();
    }
    return new Held(id, LS, Restrictions.NONE, killPath);
  }

  private Restart restart(String bootId, long renewed, int grace, Held... held) throws IOException {
    Path file = dir.resolve("journal");
    new JournalFile(file)
        .write(new JournalText(bootId, List.of(new Space(LS, renewed, 1)), List.of(held)));
    return Restart.begin(file, grace, ports.tasks(), ports.clock(), ports.processes(), said::add);
  }

  private long now() {
    return ports.clock().monotonicSeconds();
  }

  private String boot() {
    return ports.processes().bootId();
  }

  @Test
  void nothingIsJoinedWhileAHolderOfAKilledDaemonRuns() throws Exception {
    Process stubborn = stubborn();
    Restart restart = restart(boot(), now(), 10, held(stubborn, Optional.empty()));
    Watchdog gate = restart.gate(new NoWatchdog());
    gate.open("sanlock_OTHER:1").close();
    assertThat(stubborn.isAlive()).isTrue();
    gate.open("sanlock_LS:1").close();
    assertThat(stubborn.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(restart.stopping()).isZero();
    assertThat(said).anyMatch(line -> line.contains("still has leases in LS"));
    assertThat(faults).isEmpty();
  }

  @Test
  void aWatchdogThatForgetsIsOpenedForNobodyWhileOneRuns() throws Exception {
    Process stubborn = stubborn();
    Restart restart = restart(boot(), now(), 2, held(stubborn, Optional.empty()));
    Watchdog device =
        new DirectWatchdog(
            () -> {
              throw new IOException("opened while alive: " + stubborn.isAlive());
            },
            ports.clock(),
            60,
            said::add);
    assertThatThrownBy(() -> restart.gate(device).open("sanlock_OTHER:1"))
        .isInstanceOf(Watchdog.WatchdogException.class)
        .hasMessageContaining("opened while alive: false");
  }

  @Test
  void leasesThatAreLostForLongLeaveNoGrace() throws Exception {
    Process stubborn = stubborn();
    restart(boot(), 1, 40, held(stubborn, Optional.empty()));
    assertThat(stubborn.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void itsKillProgramIsRunFirst() throws Exception {
    Path note = dir.resolve("note");
    Path program = dir.resolve("program");
    Files.writeString(program, "#!/bin/sh\necho \"$1\" > " + note + "\nkill \"$1\"\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Process holder = start("exec sleep 600");
    KillPath killPath = new KillPath(program.toString(), "", true);
    restart(boot(), now(), 40, held(holder, Optional.of(killPath)));
    assertThat(holder.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(note)).isEqualTo(holder.pid() + "\n");
  }

  @Test
  void anotherProcessWithThePidIsLeftAlone() throws Exception {
    Process innocent = start("exec sleep 600");
    Held held = held(innocent, Optional.empty());
    ProcessId other = new ProcessId(held.process().pid(), held.process().startTicks() - 1);
    Held gone = new Held(other, LS, Restrictions.NONE, Optional.empty());
    assertThat(restart(boot(), 1, 0, gone).stopping()).isZero();
    assertThat(restart("another boot", 1, 0, held).stopping()).isZero();
    assertThat(innocent.isAlive()).isTrue();
  }
}
