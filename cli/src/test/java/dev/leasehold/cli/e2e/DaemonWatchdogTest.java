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

/** Our daemon with the real wdmd, whose device only writes down what is done to it. */
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
  private static Map<String, Object> watchdog(Cli cli) throws Exception {
    Map<String, Object> status = (Map<String, Object>) JsonReader.read(cli.expect(0).out());
    return (Map<String, Object>) status.get("watchdog");
  }

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
        assertThat(box.start("status", "--lease-dir", dir).expect(0).out())
            .contains("armed and protects: a reset at most 60 s after leases are lost\n")
            .contains("no watchdog      for the run of \"leasehold run\" on this host\n");
        assertThat(watchdog(box.start("status", "--json", "--lease-dir", dir)))
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
        assertThat(watchdog(box.start("status", "--no-wait", "--json", "--lease-dir", dir)))
            .containsEntry("protects", false);
      } finally {
        wdmd.destroyForcibly().waitFor();
      }
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
