// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.linux.Account;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How a daemon begins: in the background, known to systemd, as somebody else than root
 * (docs/spec/wire.md 7.6, docs/spec/algorithms.md 7.4).
 */
@Timeout(120)
class DaemonStartTest {
  private static final String NOBODY = "nobody";

  /** Receives datagrams as systemd does, and prints each on lines of its own. */
  private static final String RECEIVER =
      "use Socket; $| = 1; socket(S, PF_UNIX, SOCK_DGRAM, 0) or die;"
          + " bind(S, sockaddr_un($ARGV[0])) or die; print \"bound\\n\";"
          + " while (defined recv(S, $b, 4096, 0)) { print \"$b\\n\" }";

  @TempDir Path dir;

  private final List<ProcessHandle> started = new ArrayList<>();

  @AfterEach
  void nothingStays() {
    started.forEach(ProcessHandle::destroyForcibly);
    started.forEach(process -> process.onExit().join());
  }

  private Process keep(Process process) {
    started.add(process.toHandle());
    return process;
  }

  private Path run() {
    return dir.resolve("run");
  }

  private Path log(String name) {
    return dir.resolve(name + ".log");
  }

  private String said(String name) {
    try {
      return Files.readString(log(name));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static List<String> words(String... more) {
    Account us = Account.current();
    List<String> words = new ArrayList<>(List.of("sanlock", "daemon", "-w", "0", "-l", "0"));
    words.addAll(List.of("-L", "-1", "-S", "-1"));
    words.addAll(List.of("-U", Integer.toString(us.uid()), "-G", Integer.toString(us.gid())));
    words.addAll(List.of(more));
    return words;
  }

  private String client(String... words) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    int code = SanlockCommand.run(List.of(words), TestDaemon.environment(run()), out);
    return bytes.toString(StandardCharsets.UTF_8) + (code == 0 ? "" : "status " + code + "\n");
  }

  private ProcessHandle fromPidFile() throws IOException {
    long pid = Long.parseLong(Files.readString(run().resolve("sanlock.pid")).strip());
    ProcessHandle daemon = ProcessHandle.of(pid).orElseThrow();
    started.add(daemon);
    return daemon;
  }

  @Test
  void withoutDItGoesToTheBackgroundAndServesWhenTheCommandReturns() throws Exception {
    Process command = keep(TestDaemon.launch(run(), log("first"), words()));
    assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(client("gets")).isEmpty(); // at once: a script may use it in its next line
    assertThat(command.exitValue()).isZero();
    assertThat(said("first")).isEmpty();
    ProcessHandle daemon = fromPidFile();
    assertThat(daemon.pid()).isNotEqualTo(command.pid());
    // Field 6 of proc(5)'s stat: a session of its own, which no terminal hangs up.
    String stat = Files.readString(Path.of("/proc/" + daemon.pid() + "/stat"));
    assertThat(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3])
        .isEqualTo(Long.toString(daemon.pid()));

    Process second = keep(TestDaemon.launch(run(), log("second"), words()));
    assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(second.exitValue()).isZero(); // as the original's
    assertThat(said("second")).contains("did not start").contains("another daemon runs");
    assertThat(daemon.isAlive()).isTrue();

    daemon.destroy(); // SIGTERM
    assertThat(daemon.onExit().get(60, TimeUnit.SECONDS).isAlive()).isFalse();
  }

  @Test
  void systemdIsToldWhenItIsReadyAndWhenItStops() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "the program perl is missing");
    Path socket = dir.resolve("notify");
    keep(
        new ProcessBuilder("/usr/bin/perl", "-e", RECEIVER, socket.toString())
            .redirectErrorStream(true)
            .redirectOutput(log("systemd").toFile())
            .start());
    TestDaemon.until("the receiver", () -> said("systemd").equals("bound\n"));
    Map<String, String> environment = new HashMap<>(TestDaemon.environment(run()));
    environment.put("NOTIFY_SOCKET", socket.toString());
    Process daemon =
        keep(
            TestDaemon.launch(
                environment, System.getProperty("java.class.path"), log("daemon"), words("-D")));
    TestDaemon.until("READY", () -> said("systemd").contains("READY=1\n"));
    assertThat(client("gets")).isEmpty(); // what is ready answers
    assertThat(said("systemd")).contains("STATUS=serving sanlock").doesNotContain("STOPPING");
    daemon.destroy(); // SIGTERM
    assertThat(daemon.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(daemon.exitValue()).isZero();
    TestDaemon.until("STOPPING", () -> said("systemd").endsWith("STOPPING=1\n"));
  }

  @Test
  void rootIsGivenUpExceptForStoppingHolders() throws Exception {
    assumeTrue(Account.current().uid() == 0, "needs root, to give it up");
    assumeTrue(Account.ofUser(NOBODY).isPresent(), "the user nobody is missing");
    Account nobody = Account.ofUser(NOBODY).orElseThrow();
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
    Map<String, String> environment = new HashMap<>(TestDaemon.environment(run()));
    environment.put("SANLOCK_PRIVILEGED", "1");
    List<String> words = words("-D", "-U", NOBODY, "-G", Integer.toString(nobody.gid()));
    Process daemon = keep(TestDaemon.launch(environment, readableClasses(), log("daemon"), words));
    TestDaemon.until(
        "the daemon's answer",
        () -> {
          assertThat(daemon.isAlive()).as(said("daemon")).isTrue();
          return client("gets").isEmpty();
        });

    String own = Integer.toString(nobody.uid());
    Map<String, String> threads = effectiveUsers(daemon.pid());
    assertThat(threads).containsEntry("leasehold-root", "0").hasSizeGreaterThan(5);
    threads.remove("leasehold-root");
    assertThat(threads).allSatisfy((thread, user) -> assertThat(user).as(thread).isEqualTo(own));
    Path socket = run().resolve("sanlock.sock");
    assertThat(Files.getAttribute(socket, "unix:uid")).isEqualTo(nobody.uid());
    assertThat(Files.getAttribute(socket, "unix:gid")).isEqualTo(nobody.gid());

    String mine = "LS:1:" + area("mine", "rw-rw-rw-") + ":0";
    String roots = "LS:1:" + area("roots", "rw-------") + ":0";
    assertThat(client("init", "-s", roots, "-o", "1")).endsWith("init done -19\nstatus 1\n");
    assertThat(client("init", "-s", mine, "-o", "1")).endsWith("done 0\n");
    String lease = "LS:RA:" + area("lease", "rw-rw-rw-") + ":0";
    assertThat(client("init", "-r", lease)).endsWith("done 0\n");
    assertThat(client("add_lockspace", "-s", mine, "-o", "1")).endsWith("done 0\n");

    // The holder is root's, and is ended all the same.
    List<String> hold =
        List.of("sanlock", "client", "command", "-r", lease, "-c", "/bin/sleep", "1000");
    Process holder = keep(TestDaemon.launch(run(), log("holder"), hold));
    TestDaemon.until("the lease", () -> client("status").contains(" p " + holder.pid()));
    client("shutdown", "-f", "1");
    assertThat(holder.waitFor(60, TimeUnit.SECONDS)).as(said("daemon")).isTrue();
    assertThat(daemon.waitFor(60, TimeUnit.SECONDS)).as(said("daemon")).isTrue();
    assertThat(daemon.exitValue()).isZero();
  }

  private Path area(String name, String permissions) throws IOException {
    Path file = dir.resolve(name);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1 << 20);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    return file;
  }

  /** Our classes where everybody can read them, which a checkout need not be. */
  private String readableClasses() throws IOException {
    List<String> copies = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path from = Path.of(entry);
      // An empty entry would be the module itself, with what other tests make and remove there.
      if (entry.isEmpty() || from.endsWith("test-classes") || !Files.exists(from)) {
        continue;
      }
      Path to = dir.resolve("classes" + copies.size());
      try (Stream<Path> files = Files.walk(from)) {
        for (Path file : files.toList()) {
          Path copy = to.resolve(from.relativize(file).toString());
          Files.copy(file, copy);
          String permissions = Files.isDirectory(file) ? "rwxr-xr-x" : "rw-r--r--";
          Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString(permissions));
        }
      }
      copies.add(to.toString());
    }
    return String.join(File.pathSeparator, copies);
  }

  /** Effective user of each thread, by its name; "several" where threads of one name differ. */
  private static Map<String, String> effectiveUsers(long pid) throws IOException {
    Map<String, String> users = new HashMap<>();
    File[] tasks = new File("/proc/" + pid + "/task").listFiles();
    for (File task : tasks == null ? new File[0] : tasks) {
      List<String> status = statusOf(task);
      if (!status.isEmpty()) {
        users.merge(
            field(status, "Name:")[0],
            field(status, "Uid:")[1],
            (a, b) -> a.equals(b) ? a : "several");
      }
    }
    return users;
  }

  /** Nothing if the thread has ended meanwhile. */
  private static List<String> statusOf(File task) throws IOException {
    try {
      return Files.readAllLines(task.toPath().resolve("status"));
    } catch (IOException e) {
      if (task.exists()) {
        throw e;
      }
      return List.of();
    }
  }

  private static String[] field(List<String> status, String key) {
    String line = status.stream().filter(l -> l.startsWith(key)).findFirst().orElseThrow();
    return Arrays.stream(line.substring(key.length()).strip().split("\t", -1))
        .toArray(String[]::new);
  }
}
