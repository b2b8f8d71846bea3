// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.sanlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.interop.CWorker;
import dev.leasehold.interop.Programs;
import dev.leasehold.interop.SanlockDaemon;
import dev.leasehold.sanlock.client.SanlockClient;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same clients ask the C daemon and ours, and are told the same. */
class SameAnswersTest {
  @TempDir Path dir;

  @BeforeAll
  static void needsSanlock() {
    Optional<String> missing = Programs.missingSanlock();
    assumeTrue(missing.isEmpty(), missing.orElse(""));
  }

  private Path home(String name) throws IOException {
    Path home = Files.createDirectories(dir.resolve(name));
    for (String file : List.of("ls", "res", "rx")) {
      try (RandomAccessFile sparse = new RandomAccessFile(home.resolve(file).toFile(), "rw")) {
        sparse.setLength(16L << 20);
      }
    }
    return home;
  }

  /** A client of a daemon that has just been started, once it answers. */
  private static SanlockClient answering(Map<String, String> environment) throws Exception {
    SanlockClient client = SanlockClient.of(environment);
    for (int i = 0; i < 500; i++) {
      try {
        client.version();
        return client;
      } catch (IOException e) {
        Thread.sleep(20);
      }
    }
    throw new AssertionError("the daemon does not answer");
  }

  @Test
  void ourJavaClientCannotTellThemApart() throws Exception {
    List<String> theirs;
    List<String> ours;
    Path home = home("c");
    try (SanlockDaemon daemon = SanlockDaemon.startC(home.resolve("run"), "hostA")) {
      theirs = new Story(answering(daemon.environment()), home).tell();
    }
    home = home("j");
    try (OurDaemon daemon = new OurDaemon(home.resolve("run"), "hostA")) {
      ours = new Story(SanlockClient.of(daemon.environment()), home).tell();
      assertThat(daemon.faults()).isEmpty();
    }
    assertThat(ours).isEqualTo(theirs);
    // After the same operations the resource index is the same, byte for byte.
    assertThat(index(dir.resolve("j"))).isEqualTo(index(dir.resolve("c")));
  }

  private static byte[] index(Path home) throws IOException {
    return Arrays.copyOf(Files.readAllBytes(home.resolve("rx")), 1 << 20);
  }

  @Test
  void libsanlockCannotTellThemApart() throws Exception {
    List<String> theirs;
    List<String> ours;
    Path home = home("c");
    try (SanlockDaemon daemon = SanlockDaemon.startC(home.resolve("run"), "hostA")) {
      answering(daemon.environment());
      theirs = python(daemon.environment(), home);
    }
    home = home("j");
    try (OurDaemon daemon = new OurDaemon(home.resolve("run"), "hostA")) {
      ours = python(daemon.environment(), home);
      assertThat(daemon.faults()).isEmpty();
    }
    assertThat(ours).isEqualTo(theirs);
  }

  private static List<String> python(Map<String, String> environment, Path home) throws Exception {
    Transcript told = new Transcript(home);
    String ls = CWorker.text(home.resolve("ls"));
    String disks = "[(" + CWorker.text(home.resolve("res")) + ", 0)]";
    String ra = "b'LS1', b'RA', " + disks;
    try (CWorker worker = CWorker.start(environment)) {
      for (String call :
          List.of(
              "sanlock.write_lockspace(b'LS1', " + ls + ", iotimeout=3)",
              "sanlock.read_lockspace(" + ls + ")",
              "sanlock.write_resource(" + ra + ")",
              "sanlock.read_resource(" + CWorker.text(home.resolve("res")) + ")",
              "sanlock.read_resource(" + CWorker.text(home.resolve("res")) + ", 1048576)",
              "sanlock.add_lockspace(b'LS1', 1, " + ls + ", iotimeout=3, wait=False)",
              "sanlock.inq_lockspace(b'LS1', 1, " + ls + ")",
              "sanlock.inq_lockspace(b'LS1', 1, " + ls + ", wait=True)",
              "sanlock.add_lockspace(b'LS1', 1, " + ls + ", iotimeout=3)",
              "sanlock.get_lockspaces()",
              "register() > 0",
              "sanlock.killpath('/bin/true', ['a b', 'c'], slkfd=fd)",
              "sanlock.inquire(slkfd=fd)",
              "sanlock.acquire(" + ra + ", slkfd=fd, lvb=True)",
              "sanlock.acquire(" + ra + ", slkfd=fd)",
              "sanlock.inquire(pid=os.getpid())",
              "sanlock.set_lvb(" + ra + ", b'value')",
              "sanlock.get_lvb(" + ra + ", 8)",
              "sanlock.read_resource_owners(" + ra + ")[0]['generation']",
              "sanlock.request(" + ra + ", version=1)",
              "sanlock.release(" + ra + ", slkfd=fd)",
              "sanlock.release(" + ra + ", slkfd=fd)",
              "sanlock.acquire(" + ra + ", slkfd=fd, version=7)",
              "sanlock.acquire(" + ra + ", slkfd=fd, shared=True)",
              "sanlock.inquire(slkfd=fd)",
              "sanlock.acquire(" + ra + ", pid=999999)",
              "listen(b'LS1')",
              "heard(0)",
              "sanlock.end_event(events, b'LS1')",
              "sanlock.set_event(b'LS1', 2, 1, 5, data=6)",
              "sanlock.set_event(b'LS1', 2, 1, 7)",
              "sanlock.rem_lockspace(b'LS1', 1, " + ls + ", unused=True)",
              "sanlock.release(" + ra + ", slkfd=fd)",
              "sanlock.rem_lockspace(b'LS1', 1, " + ls + ")",
              "sanlock.get_lockspaces()",
              "sanlock.get_hosts(b'LS1')")) {
        told.add(call);
        try {
          told.add(worker.call(call));
        } catch (CWorker.SanlockError e) {
          told.add(String.valueOf(e.getMessage()));
        }
      }
    }
    return told.lines();
  }

  @Test
  void theSanlockCommandCannotTellThemApart() throws Exception {
    List<String> theirs;
    List<String> ours;
    Path home = home("c");
    try (SanlockDaemon daemon = SanlockDaemon.startC(home.resolve("run"), "hostA")) {
      answering(daemon.environment());
      theirs = commands(daemon.environment(), home);
    }
    home = home("j");
    try (OurDaemon daemon = new OurDaemon(home.resolve("run"), "hostA")) {
      ours = commands(daemon.environment(), home);
      assertThat(daemon.faults()).isEmpty();
    }
    assertThat(ours).isEqualTo(theirs);
  }

  /** Numbers that are accidental: processes, times, ids, descriptors; and what only one has. */
  private static final Pattern ACCIDENTAL =
      Pattern.compile(
          "(\\b(?:ci|fd|pid|gid|uid|helper_pid|helper_kill_fd|helper_last_status|monotime|space_id"
              + "|res_id|token_id|reused|timestamp|last_check|last_live|acquire_last_attempt"
              + "|acquire_last_success|renewal_last_attempt|renewal_last_success|read_ms|write_ms"
              + "|cmd_last|suspend)=)-?\\d+|\\btimestamp \\d+");

  /** In a status: who asks, and who asked before and may still be there. */
  private static final Pattern PASSING_CLIENTS =
      Pattern.compile("p -1 (?!helper|listener)\\S*[ \\t]*\\n( {4}.*\\n)*");

  private List<String> commands(Map<String, String> environment, Path home) throws Exception {
    Transcript told = new Transcript(home);
    String ls = "LS1:1:" + home.resolve("ls") + ":0";
    String r0 = "LS1:R0:" + home.resolve("res") + ":0";
    String r1 = "LS1:R1:" + home.resolve("res") + ":1M";
    sanlock(told, environment, "version");
    sanlock(told, environment, "init", "-s", ls, "-o", "3");
    sanlock(told, environment, "init", "-r", r0);
    sanlock(told, environment, "init", "-r", r1, "-Z", "512", "-A", "2M");
    sanlock(told, environment, "init", "-r", r1, "-n", "9", "-m", "7");
    sanlock(told, environment, "align", "-s", ls);
    sanlock(told, environment, "read", "-s", ls, "-D");
    sanlock(told, environment, "read", "-r", r1, "-D");
    sanlock(told, environment, "gets", "-h", "1");
    sanlock(told, environment, "add_lockspace", "-s", ls, "-o", "3");
    sanlock(told, environment, "add_lockspace", "-s", ls, "-o", "3");
    sanlock(told, environment, "inq_lockspace", "-s", ls);
    try (Holder holder = new Holder(environment, r0)) {
      sanlock(told, environment, "read", "-r", r0, "-h", "1");
      String pid = Long.toString(holder.pid());
      hidden(told, environment, pid, "acquire", "-r", r1, "-p", pid);
      hidden(told, environment, pid, "acquire", "-r", r1, "-p", pid);
      hidden(told, environment, pid, "inquire", "-p", pid, "-D");
      hidden(told, environment, pid, "convert", "-r", r1 + ":SH", "-p", pid);
      sanlock(told, environment, "read", "-r", r1, "-h", "1");
      awaitHosts(environment);
      hidden(told, environment, pid, "status");
      hidden(told, environment, pid, "status", "-D");
      hidden(told, environment, pid, "status", "-o", "p");
      hidden(told, environment, pid, "status", "-o", "s");
      sanlock(told, environment, "gets", "-h", "1");
      sanlock(told, environment, "host_status", "-s", "LS1", "-D");
      sanlock(told, environment, "host_status", "-s", "NO");
      sanlock(told, environment, "request", "-r", r0 + ":1", "-f", "2");
      sanlock(told, environment, "examine", "-s", ls);
      sanlock(
          told, environment, "set_event", "-s", "LS1", "-i", "2", "-g", "1", "-e", "5", "-d", "6");
      sanlock(told, environment, "set_config", "-s", "LS1", "-u", "1");
      sanlock(told, environment, "set_config", "-s", "LS1", "-u", "0");
      hidden(told, environment, pid, "release", "-r", r1, "-p", pid);
      hidden(told, environment, pid, "release", "-r", r1, "-p", pid);
      sanlock(told, environment, "shutdown", "-w", "1");
    }
    sanlock(told, environment, "inquire", "-p", "999999");
    String rx = "LS1:" + home.resolve("rx") + ":0";
    sanlock(told, environment, "format", "-x", rx, "-Z", "512", "-A", "1M");
    sanlock(told, environment, "create", "-x", rx, "-e", "one");
    sanlock(told, environment, "lookup", "-x", rx, "-e", "one");
    sanlock(told, environment, "update", "-x", rx, "-e", "two:4M");
    sanlock(told, environment, "delete", "-x", rx, "-e", "one");
    sanlock(told, environment, "lookup", "-x", rx, "-e", "one");
    sanlock(told, environment, "rebuild", "-x", rx);
    sanlock(told, environment, "rem_lockspace", "-s", ls);
    sanlock(told, environment, "rem_lockspace", "-s", ls);
    sanlock(told, environment, "gets");
    return told.lines();
  }

  private static void awaitHosts(Map<String, String> environment) throws InterruptedException {
    while (!client(environment, "gets", "-h", "1").output().contains("LIVE")) {
      Thread.sleep(50);
    }
  }

  private static Programs.Result client(Map<String, String> environment, String... args) {
    List<String> command = new ArrayList<>(List.of("sanlock", "client"));
    command.addAll(List.of(args));
    return Programs.run(environment, command);
  }

  private static void sanlock(Transcript told, Map<String, String> environment, String... args) {
    note(told, client(environment, args), "", args);
  }

  private static void hidden(
      Transcript told, Map<String, String> environment, String pid, String... args) {
    note(told, client(environment, args), pid, args);
  }

  private static void note(Transcript told, Programs.Result result, String pid, String... args) {
    told.add("$ sanlock client " + String.join(" ", args).replace(pid.isEmpty() ? "\0" : pid, "P"));
    PASSING_CLIENTS
        .matcher(result.output())
        .replaceAll("")
        .lines()
        .map(line -> pid.isEmpty() ? line : line.replaceAll("\\b" + pid + "\\b", "P"))
        .map(line -> ACCIDENTAL.matcher(line).replaceAll("$1N"))
        .forEach(told::add);
    told.add("status " + result.status());
  }

  /** {@code sanlock client command}: registers, acquires, and becomes another program. */
  private static final class Holder implements AutoCloseable {
    private final Process process;

    Holder(Map<String, String> environment, String resource) throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(
              Programs.find("sanlock").orElseThrow().toString(),
              "client",
              "command",
              "-r",
              resource,
              "-c",
              "/bin/sh",
              "-c",
              "echo holding; exec sleep 600");
      builder.environment().putAll(environment);
      builder.redirectErrorStream(true);
      process = builder.start();
      String line = process.inputReader().readLine();
      while (line != null && !line.equals("holding")) {
        line = process.inputReader().readLine();
      }
      assertThat(line).isEqualTo("holding");
    }

    long pid() {
      return process.pid();
    }

    @Override
    public void close() {
      process.destroyForcibly();
      process.onExit().join();
    }
  }
}
