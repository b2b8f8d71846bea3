// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.Main;
import dev.leasehold.cli.json.JsonReader;
import dev.leasehold.linux.Account;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code top} as a process: lines for programs, one screen in a pipe, live on a terminal. */
@Execution(ExecutionMode.CONCURRENT)
class TopTest {
  private static final String SPACE = "__LIBVIRT__DISKS__";

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  @Test
  void aLineForEachLookWithTheDaemonsRenewals() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path disk = box.disk("a.img");
      box.run("--disk", disk.toString(), "--", "true").expect(0);
      Account us = Account.current();
      String uid = Integer.toString(us.uid());
      String gid = Integer.toString(us.gid());
      Files.createDirectories(box.directory().resolve("sanlock-one"));
      Cli daemon =
          box.start(
              "sanlock", "daemon", "-D", "-w", "0", "-L", "-1", "-S", "-1", "-l", "0", "-U", uid,
              "-G", gid);
      daemon.awaitErr("ready");
      String space = SPACE + ":5:" + box.lockspace() + ":0";
      box.start("sanlock", "client", "add_lockspace", "-s", space, "-o", "1").expect(0);
      String dir = box.leases().toString();

      Cli top = box.start("top", "--json", "--interval", "1", "--lease-dir", dir);
      Waiting.until("two lines", Cli.PATIENCE, () -> lines(top) >= 2);
      for (int taken = 1; taken <= 10 && !top.out().contains("sleep 300"); taken++) {
        // Who has it is noted down a moment later, and a look may come in between.
        takeAndGiveBack(box, disk, top, taken);
      }
      top.signal("TERM");
      top.code();

      List<String> lines = top.out().lines().toList();
      Map<String, Object> first = object(JsonReader.read(lines.getFirst()));
      assertThat(first).containsEntry("lease_dir", dir).containsEntry("fault", null);
      assertThat(object(first.get("daemon"))).containsEntry("host_id", 5L);
      Map<String, Object> own =
          list(first.get("hosts")).stream()
              .map(TopTest::object)
              .filter(host -> host.get("host_id").equals(5L))
              .findFirst()
              .orElseThrow();
      assertThat(own)
          .containsEntry("state", "alive")
          .containsEntry("lost_after_seconds", 8L)
          .containsEntry("dead_after_seconds", 68L);
      assertThat(object(first.get("leases"))).containsEntry("total", 1L).containsEntry("free", 1L);
      for (String line : lines) {
        assertThat(object(JsonReader.read(line))).containsKeys("time", "read_us", "changes");
      }
      Map<String, Object> change =
          lines.stream()
              .flatMap(line -> list(object(JsonReader.read(line)).get("changes")).stream())
              .map(TopTest::object)
              .filter(each -> String.valueOf(each.get("who")).contains("sleep 300"))
              .findFirst()
              .orElseThrow();
      assertThat(change).containsEntry("change", "taken").containsEntry("disk", disk.toString());

      Cli once = box.start("top", "--lease-dir", dir).expect(0);
      assertThat(once.out())
          .startsWith(" leasehold top  " + dir)
          .contains("RENEWALS OF THIS HOST", "daemon host id 5")
          .doesNotContain("\033");
    }
  }

  private static void takeAndGiveBack(Sandbox box, Path disk, Cli top, int times) throws Exception {
    Cli run = box.run("--quiet", "--disk", disk.toString(), "--", "sleep", "300");
    Waiting.until("it is taken", Cli.PATIENCE, () -> times(top, "\"taken\"") >= times);
    run.signal("TERM");
    run.code();
    Waiting.until("it is given back", Cli.PATIENCE, () -> times(top, "\"given_back\"") >= times);
  }

  private static long lines(Cli cli) {
    return times(cli, "\n");
  }

  private static long times(Cli cli, String text) {
    try {
      return cli.out().split(java.util.regex.Pattern.quote(text), -1).length - 1;
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** {@code script} gives it a terminal; keys are what the test writes. */
  @Test
  void liveOnATerminalWhichIsGivenBackAsItWas() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/script")), "needs the program script");
    try (Sandbox box = Sandbox.create()) {
      box.run("--disk", box.disk("a.img").toString(), "--", "true").expect(0);
      Path java = Path.of(System.getProperty("java.home"), "bin", "java");
      String top =
          java
              + " -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp \"$CP\" "
              + Main.class.getName()
              + " top --interval 1 --lease-dir "
              + box.leases();
      for (String end : List.of("q", "TERM")) {
        Path screen = box.newFile("screen");
        ProcessBuilder builder =
            new ProcessBuilder(
                "script",
                "-q",
                "-f",
                "-c",
                "stty rows 20 cols 70; " + top + "; echo code $?; stty -a",
                screen.toString());
        builder.environment().putAll(box.environment());
        builder.environment().put("CP", System.getProperty("java.class.path"));
        builder.environment().put("TERM", "xterm");
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.redirectOutput(box.newFile("out").toFile());
        Process process = builder.start();
        try {
          Waiting.until("two frames", Cli.PATIENCE, () -> count(screen, "\033[?2026l") >= 2);
          if (end.equals("q")) {
            process.getOutputStream().write("xq".getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
          } else {
            for (long pid : Processes.withCommandLine(box.leases().toString())) {
              if (Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")).endsWith("java")) {
                Processes.signal(pid, end);
              }
            }
          }
          assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("its end").isTrue();
        } finally {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
          process.waitFor(30, TimeUnit.SECONDS);
        }
        String shown = Files.readString(screen);
        assertThat(shown).contains("\033[?1049h", "LEASES COMING AND GOING");
        String after = shown.substring(shown.lastIndexOf("\033[?1049l"));
        assertThat(after).containsPattern("\\sicanon").containsPattern("\\secho\\s");
        assertThat(after).containsPattern("\\sisig").contains(end.equals("q") ? "code 0" : "code ");
      }
    }
  }

  private static long count(Path file, String text) {
    try {
      return Files.exists(file)
          ? Files.readString(file).split(java.util.regex.Pattern.quote(text), -1).length - 1
          : 0;
    } catch (java.io.IOException e) {
      return 0;
    }
  }
}
