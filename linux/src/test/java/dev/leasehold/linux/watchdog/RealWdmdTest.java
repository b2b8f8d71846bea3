// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.watchdog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.linux.Account;
import dev.leasehold.linux.LinuxClock;
import dev.leasehold.linux.socket.UnixSockets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real wdmd, with a device that writes down what is done to it. */
class RealWdmdTest {
  private static final String SCRIPT =
      """
      mount -t tmpfs none /run || exit 1
      mount -t tmpfs none /dev/shm || exit 1
      mkdir /run/wdmd && cp -a /dev/null /run/watchdog || exit 1
      exec env LD_PRELOAD="$1" WD_LOG="$2" wdmd -D -w /run/watchdog
      """;

  @TempDir Path dir;

  private Path log() {
    return dir.resolve("log");
  }

  private List<String> done() {
    try {
      return Files.exists(log())
          ? Files.readAllLines(log()).stream()
              .map(line -> line.substring(line.indexOf(' ') + 1))
              .toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void await(String what, Predicate<List<String>> condition) throws Exception {
    for (int i = 0; !condition.test(done()); i++) {
      assertThat(i).as("waiting for %s, so far %s", what, done()).isLessThan(600);
      Thread.sleep(50);
    }
  }

  private boolean wdmdSaid(String words) {
    try {
      return Files.readString(dir.resolve("out")).contains(words);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process wdmd() throws Exception {
    Path source = dir.resolve("standin.c");
    Path library = dir.resolve("standin.so");
    try (InputStream in =
        Objects.requireNonNull(RealWdmdTest.class.getResourceAsStream("standin.c"))) {
      Files.copy(in, source);
    }
    Process compiler =
        new ProcessBuilder(
                "gcc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl")
            .inheritIO()
            .start();
    assertThat(compiler.waitFor()).isZero();
    return new ProcessBuilder(
            "unshare", "-m", "sh", "-c", SCRIPT, "sh", library.toString(), log().toString())
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("out").toFile())
        .start();
  }

  @Test
  void stopsPingingForALockspaceThatIsNotRenewedAndPingsAgainForOneThatIs() throws Exception {
    for (String program : List.of("/usr/sbin/wdmd", "/usr/bin/gcc", "/usr/bin/unshare")) {
      assumeTrue(Files.isExecutable(Path.of(program)), "needs the program " + program);
    }
    assumeTrue(Account.current().uid() == 0, "needs root, for a private /run");
    Process wdmd = wdmd();
    try (UnixSockets sockets = new UnixSockets()) {
      await("the first ping", lines -> lines.contains("ping"));
      Path socket = Path.of("/proc", Long.toString(wdmd.pid()), "root/run/wdmd/wdmd.sock");
      Watchdog.Test test = new Wdmd(sockets, socket, 60).open("sanlock_LS:1");
      long now = new LinuxClock().monotonicSeconds();
      test.live(now, now + 5);
      await("the unclean close", lines -> lines.contains("close") && !lines.contains("V"));
      now = new LinuxClock().monotonicSeconds();
      test.live(now, now + 80);
      await("the device to be opened again", lines -> lines.lastIndexOf("open") > 0);
      test.clear();
      test.close();
      String said = "test_live ci 2 renewal 0 expire 0";
      await("the end of the test", lines -> wdmdSaid(said));
      // A client that is not armed is forgotten when it goes: nothing will fail for it.
      await("the end of the client", lines -> wdmdSaid("client_pid_dead ci 2"));
    } finally {
      wdmd.destroyForcibly().waitFor();
    }
  }
}
