// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The original's command and ours ask one daemon, ours, and print the same. */
class SanlockCommandTest {
  @TempDir Path dir;

  @BeforeAll
  static void needsTheOriginal() {
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/sanlock")), "needs the program sanlock");
  }

  @FunctionalInterface
  private interface Command {
    String run(String... words) throws IOException, InterruptedException;
  }

  private Path home(String name) throws IOException {
    Path home = Files.createDirectories(dir.resolve(name));
    for (String file : List.of("ls", "res", "rx")) {
      try (var sparse = new java.io.RandomAccessFile(home.resolve(file).toFile(), "rw")) {
        sparse.setLength(8L << 20);
      }
    }
    return home;
  }

  @Test
  void everyActionPrintsTheSame() throws Exception {
    try (TestDaemon daemon = TestDaemon.start(Files.createDirectory(dir.resolve("d")), "-e", "h")) {
      List<String> theirs = story(home("c"), daemon, daemon::theirs);
      List<String> ours = story(home("j"), daemon, daemon::ours);
      assertThat(ours).isEqualTo(theirs);
      assertThat(daemon.ours("shutdown", "-w", "1"))
          .isEqualTo("shutdown force 0 wait 1\nshutdown done 0\n");
      assertThat(daemon.code()).isZero();
    }
  }

  @Test
  void whatIsDoneDirectlyPrintsTheSame() throws Exception {
    try (TestDaemon daemon = TestDaemon.begin(Files.createDirectory(dir.resolve("d")))) {
      assertThat(direct(home("j"), daemon::ours)).isEqualTo(direct(home("c"), daemon::theirs));
    }
  }

  private static List<String> direct(Path home, Command command) throws Exception {
    List<String> told = new ArrayList<>();
    for (String line :
        List.of(
            "direct init -s LS:0:HOME/ls:0 -o 3",
            "direct init -r LS:RA:HOME/res:0",
            "direct init -r LS:RB:HOME/res:1M -n 20",
            "direct init -s LS:0:HOME/none:0",
            "direct init -r LS:RA:HOME/none:0",
            "direct init",
            "direct init -s LS:0:HOME/ls:0 -Z 512",
            "direct read_leader -s LS:1:HOME/ls:0",
            "direct read_leader -s LS:2:HOME/ls:0",
            "direct read_leader -r LS:RA:HOME/res:0",
            "direct read_leader -r LS:RB:HOME/res:1M")) {
      String[] words = line.replace("HOME", home.toString()).split(" ", -1);
      told.add(line + "\n" + command.run(words));
    }
    return told;
  }

  private static List<String> story(Path home, TestDaemon daemon, Command command)
      throws Exception {
    List<String> told = new ArrayList<>();
    String ls = "LS:1:" + home.resolve("ls") + ":0";
    String ra = "LS:RA:" + home.resolve("res") + ":0";
    String rb = "LS:RB:" + home.resolve("res") + ":1M";
    String rx = "LS:" + home.resolve("rx") + ":0";
    tell(told, home, command, "client init -s " + ls + " -o 1");
    tell(told, home, command, "client init -r " + ra);
    tell(told, home, command, "init -r " + rb + " -n 20");
    tell(told, home, command, "client init -s " + ls + " -Z 512");
    tell(told, home, command, "client init -r LS:RA");
    tell(told, home, command, "client read -s " + ls + " -D");
    tell(told, home, command, "client read -r " + ra + " -D");
    tell(told, home, command, "client read -r LS:RX:" + home.resolve("res") + ":0");
    tell(told, home, command, "client read -r LS:RX:" + home.resolve("none") + ":0");
    tell(told, home, command, "client align -s " + ls);
    tell(told, home, command, "client inq_lockspace -s " + ls);
    tell(told, home, command, "client add_lockspace -s " + ls + " -o 1");
    tell(told, home, command, "client add_lockspace -s " + ls);
    tell(told, home, command, "client inq_lockspace -s " + ls);
    tell(told, home, command, "client gets");
    Process holder = holder(daemon);
    String pid = " -p " + holder.pid();
    try {
      tell(told, home, command, "client acquire -r " + ra + " -r " + rb + ":SH" + pid);
      tell(told, home, command, "client acquire -r " + ra + pid);
      tell(told, home, command, "client inquire" + pid);
      tell(told, home, command, "client inquire -D" + pid);
      tell(told, home, command, "client read -r " + ra + " -h 1");
      tell(told, home, command, "client read -r " + rb + " -h 1");
      tell(told, home, command, "client status");
      tell(told, home, command, "client status -D");
      tell(told, home, command, "client status -o p");
      tell(told, home, command, "client status -o s");
      tell(told, home, command, "client convert -r " + rb + pid);
      tell(told, home, command, "client convert -r " + rb + pid);
      tell(told, home, command, "client request -r " + ra + ":1 -f 2");
      tell(told, home, command, "client examine -r " + ra);
      tell(told, home, command, "client examine -s " + ls);
      tell(told, home, command, "client release -r " + ra + pid);
      tell(told, home, command, "client release -r " + ra + pid);
      tell(told, home, command, "client release -a 1" + pid);
      tell(told, home, command, "client release -O 1 -s LS" + pid);
      tell(told, home, command, "client inquire" + pid);
      tell(told, home, command, "client inquire -p 999999");
    } finally {
      holder.destroyForcibly().waitFor();
    }
    tell(told, home, command, "client host_status -s LS -D");
    tell(told, home, command, "client host_status");
    tell(told, home, command, "client renewal -s LS");
    tell(told, home, command, "client renewal -s XX");
    tell(told, home, command, "client gets -h 1");
    tell(told, home, command, "client set_event -s LS -i 2 -g 1 -e 0x10 -d 3");
    tell(told, home, command, "client set_config -s LS -u 1");
    tell(told, home, command, "client set_config -s LS -u 0");
    tell(told, home, command, "client set_config -s LS -O 0");
    tell(told, home, command, "client format -x " + rx + " -Z 512 -A 1M");
    tell(told, home, command, "client create -x " + rx + " -e RX1");
    tell(told, home, command, "client lookup -x " + rx + " -e RX1");
    tell(told, home, command, "client lookup -x " + rx);
    tell(told, home, command, "client lookup -x " + rx + " -e none");
    tell(told, home, command, "client update -x " + rx + " -e RX2:5M");
    tell(told, home, command, "client rebuild -x " + rx);
    tell(told, home, command, "client delete -x " + rx + " -e RX1");
    tell(told, home, command, "client version");
    tell(told, home, command, "client shutdown -w 1");
    tell(told, home, command, "client rem_lockspace -s " + ls);
    tell(told, home, command, "client rem_lockspace -s " + ls);
    for (String line :
        List.of(
            "client bogus",
            "direct bogus",
            "client status foo",
            "client status -o",
            "client status -y 1",
            "client init -Z 512 -A 2M",
            "client examine",
            "client read",
            "client align",
            "client lookup",
            "client convert -p 1",
            "client request -r bad",
            "client acquire -p 0",
            "version")) {
      tell(told, home, command, line);
    }
    return told;
  }

  /** A process that has registered, by the original's library. */
  private static Process holder(TestDaemon daemon) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("/usr/sbin/sanlock", "client", "command", "-c", "/bin/sleep", "600");
    builder.environment().putAll(daemon.environment());
    Process holder = builder.start();
    String line = "p " + holder.pid() + " ";
    TestDaemon.until("the holder", () -> daemon.ours("client", "status").contains(line));
    // Before it is the program, its own acquire of nothing may still be under way.
    TestDaemon.until(
        "the program", () -> holder.toHandle().info().command().orElse("").contains("sleep"));
    return holder;
  }

  private static void tell(List<String> told, Path home, Command command, String line)
      throws IOException, InterruptedException {
    String said = command.run(line.split(" ", -1));
    told.add(mask(line, home) + "\n" + mask(said, home));
  }

  /** What differs between two runs: places, processes, times and numbers that only count. */
  private static String mask(String text, Path home) {
    return text.replace(home.toString(), "HOME")
        // Who asks has the lowest free place, wherever that is, and who asked before may be there.
        .replaceAll("p -1 (?!helper|listener)\\S*[ \\t]*\\n( {4}.*\\n)*", "")
        .replaceAll("\\bp \\d+", "p PID")
        .replaceAll("(-p|pid) [1-9]\\d{1,}", "$1 PID")
        .replaceAll(
            "\\b(pid|ci|fd|timestamp|monotime|space_id|res_id|token_id|host_generation|last_\\w+"
                + "|helper_\\w+|acquire_last_\\w+|renewal_last_\\w+|owner_generation|read_ms|write_ms"
                + "|next_\\w+|reused)=\\d+",
            "$1=N")
        .replaceAll("(timestamp|gen) \\d+", "$1 N")
        // How many renewals there were is a matter of time.
        .replaceAll(
            "(timestamp=N read_ms=N write_ms=N next_timeouts=N next_errors=N\\s*)+", "RENEWALS\n");
  }
}
