// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Kills, freezes and signals; lost leases; vanished hosts. */
@Execution(ExecutionMode.CONCURRENT)
class SurvivalTest {
  private static final int HUP = 1;
  private static final int INT = 2;

  private static final String SCRIPT = "echo pid $$; exec sleep 300";

  private static Cli longRun(Sandbox box, Path disk) throws Exception {
    Cli run = box.run("--disk", disk.toString(), "--", "sh", "-c", SCRIPT);
    return run.awaitOut("\n");
  }

  private static long commandOf(Cli run) throws IOException {
    return Long.parseLong(run.out().strip().substring("pid ".length()));
  }

  private static long guardOf(Cli run) {
    return children(run).stream()
        .filter(pid -> Processes.withCommandLine("leasehold-guard").contains(pid))
        .findFirst()
        .orElseThrow();
  }

  private static List<Long> children(Cli run) {
    return ProcessHandle.of(run.pid()).stream()
        .flatMap(ProcessHandle::children)
        .map(ProcessHandle::pid)
        .toList();
  }

  private static void awaitEnd(long pid) throws InterruptedException {
    Waiting.until("the end of " + pid, Cli.PATIENCE, () -> !Processes.isAlive(pid));
  }

  @Test
  void aKilledRunTakesItsCommandWithItAndIsFreeForEveryHost() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path disk = box.disk("a.img");
      Cli run = longRun(box, disk);
      long command = commandOf(run);
      run.signal("KILL");
      awaitEnd(command);
      assertThat(run.code()).isEqualTo(137);
      // Nobody on this machine asks again: the guard gives the leases back by itself.
      Waiting.until(
          "the guard to give the leases back",
          Cli.PATIENCE,
          () -> !Lockspace.isHeld(box.lockspace(), 1));
      box.otherMachine("two").run("--disk", disk.toString(), "--", "true").expect(0);
      assertThat(run.err()).contains("the command was killed too");
    }
  }

  @Test
  void evenWithoutAGuardTheNextRunOfTheMachineGetsIt() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path disk = box.disk("a.img");
      Cli run = longRun(box, disk);
      long command = commandOf(run);
      long guard = guardOf(run);
      run.signal("STOP"); // so that it starts no other guard
      Processes.signal(guard, "KILL");
      awaitEnd(guard);
      run.signal("KILL");
      run.code();
      assertThat(Processes.isAlive(command)).isTrue();

      Cli refused = box.run("--disk", disk.toString(), "--", "true").expect(75);
      assertThat(refused.err())
          .contains("died, but its processes live on")
          .contains("pid " + command);

      Processes.signal(command, "KILL");
      awaitEnd(command);
      box.run("--disk", disk.toString(), "--", "true").expect(0);
    }
  }

  @Test
  void aKilledGuardIsReplaced() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Cli run = longRun(box, box.disk("a.img"));
      long command = commandOf(run);
      Processes.signal(guardOf(run), "KILL");
      run.awaitErr("the guard was killed; another one took its place");
      run.signal("KILL");
      awaitEnd(command);
    }
  }

  @Test
  void aFrozenRunDoesNotKeepItsCommandBeyondTheLease() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path disk = box.disk("a.img");
      Cli run = longRun(box, disk);
      long command = commandOf(run);
      long frozen = System.nanoTime();
      run.signal("STOP");
      awaitEnd(command);
      // Not before its last renewal is eight io timeouts old, and before 8 + 60 s.
      assertThat(Duration.ofNanos(System.nanoTime() - frozen))
          .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(60));
      run.signal("CONT");
      assertThat(run.expect(79).err()).contains("its leases were lost");
    }
  }

  @Test
  void aRunWhoseRecordIsOverwrittenEndsItsCommand() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path disk = box.disk("a.img");
      Cli run =
          box.run(
              "--grace",
              "10",
              "--disk",
              disk.toString(),
              "--",
              "sh",
              "-c",
              "trap 'echo asked' TERM; echo started; while :; do sleep 0.1; done");
      run.awaitOut("started");
      Lockspace.spoil(box.lockspace(), 1);
      run.expect(79);
      assertThat(run.out()).contains("asked");
      assertThat(run.err()).contains("the leases are lost").contains("ended because its leases");
    }
  }

  @Test
  void aCommandWhoseStorageFailsIsAskedToEndBeforeItIsKilled() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path disk = box.disk("a.img");
      Cli run =
          box.run(
              "--disk",
              disk.toString(),
              "--",
              "sh",
              "-c",
              "trap 'echo asked; exit' TERM; echo started; while :; do sleep 0.1; done");
      run.awaitOut("started");
      Lockspace.fail(box.lockspace());
      run.expect(79);
      assertThat(run.out()).contains("asked");
      assertThat(run.err()).contains("the leases are lost").contains("ended because its leases");
    }
  }

  @Test
  void termReachesTheCommand() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path disk = box.disk("a.img");
      Cli run =
          box.run(
              "--disk",
              disk.toString(),
              "--",
              "sh",
              "-c",
              "trap 'echo hup' HUP; trap 'echo int' INT; trap 'echo term; exit 42' TERM; echo"
                  + " started; while :; do sleep 0.05; done");
      run.awaitOut("started");
      if (!isIgnored(HUP)) {
        run.signal("HUP");
        run.awaitOut("hup");
      }
      boolean interruptible = !isIgnored(INT);
      if (interruptible) {
        run.signal("INT");
        run.awaitOut("int");
      }
      run.signal("TERM");
      run.expect(42);
      assertThat(run.out()).isEqualTo("started\nhup\n" + (interruptible ? "int\n" : "") + "term\n");
      assertThat(Lockspace.isHeld(box.lockspace(), 1)).isFalse();
    }
  }

  /**
   * A shell that starts something in the background lets it ignore SIGINT, and so all it starts;
   * nohup does the same with SIGHUP.
   */
  private static boolean isIgnored(int signal) throws IOException {
    String mask =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .findFirst()
            .orElseThrow()
            .substring("SigIgn:".length())
            .trim();
    return (Long.parseUnsignedLong(mask, 16) & 1L << (signal - 1)) != 0;
  }

  @Test
  void aSignalWhileJoiningCallsTheRunOff() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path disk = box.disk("a.img");
      Path touched = box.newFile("touched");
      Cli run =
          box.start(
              "run",
              "--lease-dir",
              box.leases().toString(),
              "--io-timeout",
              "10", // so that the signal comes in time
              "--quiet",
              "--disk",
              disk.toString(),
              "--",
              "touch",
              touched.toString());
      Waiting.until(
          "the claim to be written", Cli.PATIENCE, () -> Lockspace.isHeld(box.lockspace(), 1));
      run.signal("TERM");
      run.expect(143);
      assertThat(touched).doesNotExist();
      assertThat(Lockspace.isHeld(box.lockspace(), 1)).isFalse();
    }
  }

  @Test
  void aVanishedHostIsWaitedForAndThenTakenOver() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path disk = box.disk("a.img");
      Cli run = longRun(box, disk);
      long command = commandOf(run);
      long guard = guardOf(run);
      long vanished = System.nanoTime();
      run.signal("STOP");
      Processes.signal(guard, "KILL");
      awaitEnd(guard);
      run.signal("KILL");
      Processes.signal(command, "KILL");
      run.code();
      try (Stream<Path> journal = Files.walk(box.runtime())) {
        assertThat(journal.filter(file -> file.toString().endsWith(".run"))).hasSize(1);
      }
      // Another machine does not have the journal, so it must wait 8N + W = 68 s.
      Cli next = box.otherMachine("two").run("--disk", disk.toString(), "--", "echo", "mine");
      next.awaitErr("shows no sign of life; it counts as dead at");
      assertThat(next.err()).contains("disk " + disk + " is held by host");
      assertThat(next.code(Duration.ofSeconds(130))).isZero();
      assertThat(next.out()).isEqualTo("mine\n");
      assertThat(Duration.ofNanos(System.nanoTime() - vanished))
          .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(130));
    }
  }
}
