// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.json.JsonReader;
import dev.leasehold.linux.Account;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Our daemon with a watchdog whose device only writes down what is done to it. */
class DaemonWatchdogTest {
  private static final String SCRIPT =
      """
      mount -t tmpfs none /run || exit 1
      mount -t tmpfs none /dev/shm || exit 1
      mkdir /run/wdmd && cp -a /dev/null /run/watchdog || exit 1
      exec env LD_PRELOAD="$1" WD_LOG="$2" wdmd -D -w /run/watchdog
      """;

  private static final Path STAND_IN =
      Path.of("../linux/src/test/resources/dev/leasehold/linux/watchdog/standin.c");

  private static Process wdmd(Path dir, Path log) throws Exception {
    Path library = dir.resolve("standin.so");
    List<String> compile =
        List.of("gcc", "-shared", "-fPIC", "-o", library.toString(), STAND_IN.toString(), "-ldl");
    assertThat(new ProcessBuilder(compile).inheritIO().start().waitFor()).isZero();
    return new ProcessBuilder(
            "unshare", "-m", "sh", "-c", SCRIPT, "sh", library.toString(), log.toString())
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("wdmd-said").toFile())
        .start();
  }

  /** What was done to the device: open, ping, V (the ordered stop), close. */
  private static List<String> done(Path log) {
    try {
      return Files.exists(log)
          ? Files.readAllLines(log).stream()
              .map(line -> line.substring(line.indexOf(' ') + 1))
              .toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long pings(Path log) {
    return done(log).stream().filter("ping"::equals).count();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> watchdog(Sandbox box, String daemonState) throws Exception {
    String[] status = {"status", "--no-wait", "--json", "--lease-dir", box.leases().toString()};
    String state = "\"state\": \"" + daemonState + "\"";
    String text = box.lookUntil(out -> out.contains(state), status);
    return (Map<String, Object>) ((Map<String, Object>) JsonReader.read(text)).get("watchdog");
  }

  /** The real wdmd. */
  @Test
  void isArmedWhileTheLockspaceIsRenewedAndNotFedOnceTheDaemonWasKilled() throws Exception {
    for (String program : List.of("sbin/wdmd", "bin/gcc", "bin/unshare", "bin/nsenter")) {
      Assumptions.assumeTrue(
          Files.isExecutable(Path.of("/usr", program)), "needs the program /usr/" + program);
    }
    Assumptions.assumeTrue(Account.current().uid() == 0, "needs root, for a private /run");
    try (Sandbox box = Sandbox.create()) {
      Path log = box.directory().resolve("watchdog-log");
      Process wdmd = wdmd(box.directory(), log);
      try {
        Waiting.until("wdmd", Cli.PATIENCE, () -> pings(log) > 0);
        Path disk = box.disk("a.img");
        box.run("--disk", disk.toString(), "--", "true").expect(0);
        List<String> beside = List.of("nsenter", "-t", Long.toString(wdmd.pid()), "-m");
        // With less than 3 s wdmd, which looks every 10 s, counts a lockspace as lost at once.
        Cli daemon = box.daemon(beside, 5, 3, "-w", "1");
        Cli run = box.run("--disk", box.disk("b.img").toString(), "--", "sleep", "300");
        Waiting.until("the run", Cli.PATIENCE, () -> leases(box) == 2);
        long before = pings(log);
        Waiting.until("being fed", Cli.PATIENCE, () -> pings(log) > before);

        String dir = box.leases().toString();
        assertThat(box.lookUntil(out -> out.contains("this host"), "status", "--lease-dir", dir))
            .contains("armed and protects: a reset at most 60 s after leases are lost\n")
            .contains("no watchdog      for the run of \"leasehold run\" on this host\n");
        assertThat(watchdog(box, "joined"))
            .containsEntry("configured", true)
            .containsEntry("protects", true)
            .containsEntry("armed", 1L)
            .containsEntry("fire_timeout", 60L);
        assertThat(done(log)).doesNotContain("close", "V");

        run.signal("TERM");
        run.code();
        daemon.signal("KILL");
        // Not stopped in order: the timer runs on, and nobody feeds it.
        Waiting.until("the end of feeding", Cli.PATIENCE, () -> done(log).contains("close"));
        assertThat(done(log)).endsWith("close").doesNotContain("V");
        assertThat(watchdog(box, "absent")).containsEntry("protects", false);
      } finally {
        wdmd.destroyForcibly().waitFor();
      }
    }
  }

  /** A plain file stands in for the device: strace answers its ioctls in the kernel's place. */
  @Test
  void theDeviceItselfIsFedAndStoppedOnlyByLeavingInOrder() throws Exception {
    Path strace = Path.of("/usr/bin/strace");
    Assumptions.assumeTrue(Files.isExecutable(strace), "needs the program " + strace);
    try (Sandbox box = Sandbox.create()) {
      box.run("--disk", box.disk("a.img").toString(), "--", "true").expect(0);
      Path device = Files.createFile(box.directory().resolve("watchdog"));
      Path trace = box.directory().resolve("trace");
      List<String> traced =
          List.of(
              strace.toString(),
              "-f",
              "-qq",
              "-o",
              trace.toString(),
              "-P",
              device.toString(),
              "-e",
              "trace=ioctl,write",
              "-e",
              "inject=ioctl:retval=0:poke_exit=@arg3=3c000000");
      Files.writeString(box.sanlockConf(), "watchdog_device = " + device + "\n");
      box.daemon(traced, 5, 3, "-w", "1");
      assertThat(watchdog(box, "joined"))
          .containsEntry("protects", true)
          .containsEntry("armed", 1L);
      long before = calls(trace, "WDIOC_KEEPALIVE");
      Waiting.until("being fed", Cli.PATIENCE, () -> calls(trace, "WDIOC_KEEPALIVE") > before);
      assertThat(Files.readString(device)).as("the ordered stop").isEmpty();

      String space = "__LIBVIRT__DISKS__:5:" + box.lockspace() + ":0";
      box.start("sanlock", "client", "rem_lockspace", "-s", space).expect(0);
      Waiting.until("the stop", Cli.PATIENCE, () -> calls(trace, "write(") > 0);
      assertThat(Files.readString(device)).isEqualTo("V");
      assertThat(watchdog(box, "not_joined"))
          .containsEntry("protects", false)
          .containsEntry("configured", false)
          .containsEntry("words", "none for this directory: nothing resets this host");
    }
  }

  private static long calls(Path trace, String call) {
    try {
      return Files.readAllLines(trace).stream().filter(line -> line.contains(call)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int leases(Sandbox box) {
    return (int)
        List.of("a.img", "b.img").stream()
            .map(name -> box.directory().resolve(name).toString())
            .map(dev.leasehold.cli.disk.Disk::leaseName)
            .filter(name -> Files.exists(box.leases().resolve(name)))
            .count();
  }
}
