// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.linux.HostName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code leasehold run} as its users know it: the command, its exit code, who is refused. */
@Execution(ExecutionMode.CONCURRENT)
class RunTest {
  /** Longer than one write takes on a busy machine. */
  private static final int IO_TIMEOUT = 3;

  /** Says when it runs, then runs until it is ended. */
  private static final String[] LONG = {"--", "sh", "-c", "echo started; exec sleep 300"};

  private static String[] with(String[] first, String... more) {
    String[] all = java.util.Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  private static String[] disk(Path disk, String... command) {
    return with(new String[] {"--disk", disk.toString()}, command);
  }

  @Test
  void runsTheCommandAndGivesItsExitCode() throws Exception {
    try (Sandbox box = Sandbox.create(IO_TIMEOUT)) {
      Path disk = box.disk("a.img");
      Cli run =
          box.run(disk(disk, "--", "sh", "-c", "read word; echo got $word; echo oops >&2; exit 3"))
              .input("hello\n")
              .expect(3);
      assertThat(run.out()).isEqualTo("got hello\n");
      assertThat(run.err()).contains("oops\n").contains("no watchdog is configured");
      assertThat(box.start("who", "--lease-dir", box.leases().toString(), "a.img").expect(1).out())
          .isEqualTo("disk " + disk + " is free\n");
      assertThat(box.start("hosts", "--lease-dir", box.leases().toString()).expect(0).out())
          .isEqualTo("no host uses " + box.leases() + "\n");
      assertThat(Files.list(box.runtime()).findFirst().orElseThrow())
          .isDirectoryContaining(path -> path.endsWith("host-ids.lock"))
          .isDirectoryNotContaining(path -> path.toString().endsWith(".run"));
    }
  }

  @Test
  void aCommandThatIsKilledGivesItsSignalAndItsLeases() throws Exception {
    try (Sandbox box = Sandbox.create(IO_TIMEOUT)) {
      Path disk = box.disk("a.img");
      Cli first = box.run(disk(disk, "--", "sh", "-c", "echo pid $$; exec sleep 300"));
      first.awaitOut("\n");
      Processes.signal(Long.parseLong(first.out().strip().substring(4)), "KILL");
      first.expect(128 + 9);
      Cli second = box.otherMachine("two").run(disk(disk, "--", "true"));
      second.expect(0);
    }
  }

  private static Optional<Long> sleepOf(Cli run) {
    return Processes.withCommandLine("sleep\0" + "300").stream()
        .filter(
            pid ->
                ProcessHandle.of(pid)
                    .flatMap(ProcessHandle::parent)
                    .filter(parent -> parent.pid() == run.pid())
                    .isPresent())
        .findFirst();
  }

  @Test
  void theSecondStartIsRefusedAndToldByWhom() throws Exception {
    try (Sandbox box = Sandbox.create(IO_TIMEOUT)) {
      Path disk = box.disk("a.img");
      Cli first = box.run(disk(disk, LONG)).awaitOut("started");
      // The shell has said so before it becomes that program.
      Waiting.until("its command", Cli.PATIENCE, () -> sleepOf(first).isPresent());
      long command = sleepOf(first).orElseThrow();

      Cli here = box.run(disk(disk, "--", "echo", "never")).expect(75);
      Cli there = box.otherMachine("two").run(disk(disk, "--", "echo", "never")).expect(75);

      for (Cli refused : java.util.List.of(here, there)) {
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err())
            .contains("disk " + disk + " is in use by sh -c echo started; exec sleep 300")
            .contains(" (pid " + command + ") on ")
            .contains(HostName.current() + " (host id 1) since ")
            .containsPattern("since [0-9][0-9]:[0-9][0-9]")
            .contains("--wait SECONDS");
      }
      assertThat(here.err()).contains(") on this host, " + HostName.current());
      assertThat(there.err()).contains(") on host " + HostName.current());
      assertThat(first.isAlive()).isTrue();
    }
  }

  @Test
  void refusalComesSoonAfterJoining() throws Exception {
    try (Sandbox box = Sandbox.create(IO_TIMEOUT)) {
      Path disk = box.disk("a.img");
      Cli first = box.run(disk(disk, LONG)).awaitOut("started");
      Sandbox two = box.otherMachine("two");
      Cli second = two.run(disk(disk, "--", "true"));
      Waiting.until(
          "the second host to be seen in the lockspace",
          Cli.PATIENCE,
          () -> Lockspace.generation(box.lockspace(), 2) == 1);
      long claimed = System.nanoTime();
      second.expect(75);
      Duration took = Duration.ofNanos(System.nanoTime() - claimed);
      // The join ends two io timeouts after the claim is written; the rest is the refusal, which
      // takes far less than a second. This machine may be busy, but nobody waits, as for a host
      // that counts as dead after 68 s.
      assertThat(took).isLessThan(Duration.ofSeconds(30));
      assertThat(first.isAlive()).isTrue();
    }
  }

  @Test
  void sharersShareAndNobodyElseGetsIn() throws Exception {
    try (Sandbox box = Sandbox.create(IO_TIMEOUT)) {
      Path disk = box.disk("a.img");
      String[] shared = {"--disk", disk + ":shared"};
      Cli first = box.run(with(shared, LONG));
      Cli second = box.otherMachine("two").run(with(shared, LONG));
      first.awaitOut("started");
      second.awaitOut("started");
      Cli alone = box.otherMachine("three").run(disk(disk, "--", "true")).expect(75);
      assertThat(alone.err()).contains("disk " + disk + " is in shared use by sh -c echo started");
      box.otherMachine("four").run("--disk", disk + ":ro", "--", "true").expect(0);
      assertThat(first.isAlive()).isTrue();
      assertThat(second.isAlive()).isTrue();
    }
  }

  @Test
  void waitsUntilTheHolderEnds() throws Exception {
    try (Sandbox box = Sandbox.create(IO_TIMEOUT)) {
      Path disk = box.disk("a.img");
      Cli first = box.run(disk(disk, "--", "sh", "-c", "echo started; read word; exit 0"));
      first.awaitOut("started");
      Cli second =
          box.otherMachine("two")
              .run(with(new String[] {"--wait", "60"}, disk(disk, "--", "echo", "at last")));
      second.awaitErr("waiting until");
      assertThat(second.err()).contains("disk " + disk + " is in use by sh -c");
      first.input("go\n").expect(0);
      assertThat(second.expect(0).out()).isEqualTo("at last\n");
    }
  }

  @Test
  void waitingHasAnEnd() throws Exception {
    try (Sandbox box = Sandbox.create(IO_TIMEOUT)) {
      Path disk = box.disk("a.img");
      box.run(disk(disk, LONG)).awaitOut("started");
      Cli second = box.run(with(new String[] {"--wait", "2"}, disk(disk, "--", "true"))).expect(75);
      assertThat(second.err()).contains("is in use by sh -c");
    }
  }

  @Test
  void allLeasesOrNone() throws Exception {
    try (Sandbox box = Sandbox.create(IO_TIMEOUT)) {
      Path a = box.disk("a.img");
      Path b = box.disk("b.img");
      box.run(disk(b, LONG)).awaitOut("started");
      Cli both =
          box.otherMachine("two").run("--disk", a.toString(), "--disk", b.toString(), "--", "true");
      assertThat(both.expect(75).err()).contains("disk " + b + " is in use");
      box.otherMachine("three").run(disk(a, "--", "true")).expect(0);
    }
  }

  @Test
  void whatTheCommandLeavesBehindKeepsTheLeases() throws Exception {
    try (Sandbox box = Sandbox.create(IO_TIMEOUT)) {
      Path disk = box.disk("a.img");
      Path pidFile = box.newFile("pid");
      String script = "setsid sleep 300 >/dev/null 2>&1 & echo $! >" + pidFile + "; exit 5";
      Cli first = box.run(disk(disk, "--", "sh", "-c", script)).awaitErr("left processes behind");
      assertThat(first.isAlive()).isTrue();
      box.otherMachine("two").run(disk(disk, "--", "true")).expect(75);
      Processes.signal(Long.parseLong(Files.readString(pidFile).strip()), "TERM");
      first.expect(5);
      box.otherMachine("three").run(disk(disk, "--", "true")).expect(0);
    }
  }

  @Test
  void startersThatRaceGetDifferentHostIds() throws Exception {
    try (Sandbox box = Sandbox.create(IO_TIMEOUT)) {
      java.util.List<Cli> runs = new java.util.ArrayList<>();
      for (int i = 0; i < 3; i++) {
        // Two on one machine, one on another.
        Sandbox machine = i < 2 ? box : box.otherMachine("two");
        runs.add(machine.run(disk(box.disk(i + ".img"), LONG)));
      }
      for (Cli run : runs) {
        run.awaitOut("started");
      }
      String hosts = box.start("hosts", "--lease-dir", box.leases().toString()).expect(0).out();
      assertThat(hosts.lines().skip(1).map(line -> line.split(" ", 2)[0]))
          .hasSize(3)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void aHostIdCanBeGivenAndIsRemembered() throws Exception {
    try (Sandbox box = Sandbox.create(IO_TIMEOUT)) {
      Path disk = box.disk("a.img");
      String[] seven = {"--host-id", "7"};
      Cli first = box.run(with(seven, disk(disk, LONG))).awaitOut("started");
      Path other = box.disk("b.img");
      assertThat(box.run(with(seven, disk(other, "--", "true"))).expect(76).err())
          .contains("host id 7 is in use by another run on this machine");
      first.signal("TERM");
      first.expect(143);
      assertThat(Lockspace.generation(box.lockspace(), 7)).isEqualTo(1);
      box.run(disk(other, "--", "true")).expect(0);
      assertThat(Lockspace.generation(box.lockspace(), 7)).isEqualTo(2);
    }
  }
}
