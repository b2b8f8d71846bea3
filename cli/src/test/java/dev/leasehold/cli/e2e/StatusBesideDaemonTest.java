// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.json.JsonReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What {@code status} and its like say beside a daemon of this host. */
@Execution(ExecutionMode.CONCURRENT)
class StatusBesideDaemonTest {
  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  private static Map<String, Object> json(Cli cli) throws IOException {
    return object(JsonReader.read(cli.out()));
  }

  /** On a machine that is busy the daemon may be heard at the second look only. */
  private static boolean isJoined(Map<String, Object> status) {
    return "joined".equals(object(status.get("daemon")).get("state"));
  }

  private static Map<String, Object> here(Map<String, Object> status) {
    return object(list(object(status.get("daemon")).get("lockspaces")).getFirst());
  }

  /** The JSON of the first look that finds what is waited for. */
  private static Map<String, Object> until(
      Sandbox box, Predicate<Map<String, Object>> condition, String... command) throws Exception {
    String text =
        box.lookUntil(
            out -> !out.isEmpty() && condition.test(object(JsonReader.read(out))), command);
    return object(JsonReader.read(text));
  }

  private static Map<String, Object> host(Map<String, Object> answer, long id) {
    return list(answer.get("hosts")).stream()
        .map(StatusBesideDaemonTest::object)
        .filter(host -> host.get("host_id").equals(id))
        .findFirst()
        .orElse(Map.of());
  }

  /** Nothing is watched, so what is known is what the daemon has seen. */
  @Test
  void whatTheDaemonHasSeenIsNotWatchedForAgain() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path disk = box.disk("a.img");
      box.run("--disk", disk.toString(), "--", "true").expect(0);
      Files.writeString(box.sanlockConf(), "watchdog_fire_timeout = 30\n");
      box.daemon(List.of(), 5, 2, "-w", "0");
      Cli there =
          box.otherMachine("two")
              .run("--host-id", "9", "--disk", disk.toString(), "--", "sleep", "300");
      String dir = box.leases().toString();
      String[] hosts = {"hosts", "--no-wait", "--json", "--lease-dir", dir};
      Map<String, Object> seen =
          until(box, all -> "alive".equals(host(all, 9).get("state")), hosts);
      assertThat(host(seen, 9)).containsEntry("renewed_seconds_ago", null);
      assertThat(host(seen, 9).get("seen_seconds_ago")).isNotNull();
      assertThat(host(seen, 5)).containsEntry("state", "alive");
      assertThat(host(seen, 5).get("renewed_seconds_ago")).isNotNull();

      assertThat(box.lookUntil(out -> out.contains("this host"), "status", "--lease-dir", dir))
          .containsPattern("this host        host id 5, renewed [0-9]+ s ago, its leases are good")
          .contains("watchdog         NONE (use_watchdog = 0): nothing resets this host\n")
          .containsPattern("\n5 +alive +[0-9]+ s ago +1 +2 s +\\S+ \\(here\\)\n")
          .containsPattern("\n9 +alive +seen [0-9]+ s ago +1 +1 s +\\S+\n");

      there.signal("STOP");
      until(box, all -> "silent".equals(host(all, 9).get("state")), hosts);
      String[] who = {"who", "--no-wait", "--lease-dir", dir, "a.img"};
      assertThat(box.lookUntil(out -> out.contains("38 s"), who))
          .contains("the host shows no sign of life")
          .contains("the lease can be taken 38 s after its last renewal");
      String[] top = {"top", "--json", "--count", "1", "--lease-dir", dir};
      Map<String, Object> heard = until(box, all -> all.get("daemon") != null, top);
      assertThat(host(heard, 9)).containsEntry("dead_after_seconds", 38L);
    }
  }

  /** With its file cut off, the lockspace can be neither renewed nor read. */
  @Test
  void whatIsAtRiskIsSaidAlthoughTheDirectoryCannotBeRead() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path disk = box.disk("a.img");
      box.run("--disk", disk.toString(), "--", "true").expect(0);
      box.daemon(List.of(), 5, 4, "-w", "0");
      String dir = box.leases().toString();
      Cli holder = box.holder(disk);
      String[] status = {"status", "--no-wait", "--json", "--lease-dir", dir};
      Map<String, Object> well =
          until(box, all -> isJoined(all) && list(all.get("leases")).size() == 1, status);
      assertThat(here(well))
          .containsEntry("here", true)
          .containsEntry("health", "well")
          .containsEntry("at_risk", false)
          .containsEntry("host_id", 5L)
          .containsEntry("io_timeout", 4L);
      assertThat(well).containsEntry("fault", null);
      String[] text = {"status", "--no-wait", "--lease-dir", dir};
      assertThat(box.lookUntil(out -> out.contains("this host"), text))
          .containsPattern("exclusive +5 here +" + holder.pid() + " ");

      try (FileChannel file = FileChannel.open(box.lockspace(), StandardOpenOption.WRITE)) {
        file.truncate(0);
      }
      Map<String, Object> risk =
          until(box, all -> isJoined(all) && "at_risk".equals(here(all).get("health")), status);
      assertThat(here(risk)).containsEntry("at_risk", true);
      assertThat((Long) here(risk).get("renewed_seconds_ago")).isBetween(16L, 32L);
      assertThat((Long) here(risk).get("lost_in_seconds")).isBetween(0L, 16L);
      assertThat((String) risk.get("fault")).contains("was cut off");
      Map<String, Object> lease = object(list(risk.get("leases")).getFirst());
      assertThat(object(list(lease.get("holders")).getFirst()))
          .containsEntry("host_id", 5L)
          .containsEntry("pid", holder.pid());
      assertThat(box.lookUntil(out -> out.contains("this host"), text))
          .containsPattern("this host        (AT RISK|LOST): host id 5, not renewed for [0-9]+ s")
          .contains("at risk          1 lease held here, for 1 process\n")
          .containsPattern("exclusive +5 (AT RISK|LOST) +" + holder.pid() + " ");
      box.start(text).expect(65);
    }
  }

  @Test
  void aDaemonThatDoesNotAnswerIsSaidAndNotWaitedFor() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      box.run("--disk", box.disk("a.img").toString(), "--", "true").expect(0);
      Cli daemon = box.daemon(List.of(), 5, 2, "-w", "0");
      daemon.signal("STOP");
      String dir = box.leases().toString();
      String socket = box.directory().resolve("sanlock-one/sanlock.sock").toString();
      assertThat(box.start("status", "--no-wait", "--lease-dir", dir).expect(0).out())
          .contains("daemon           no answer within 3 s at " + socket + "\n")
          .contains("watchdog         not known, since the daemon was not heard\n")
          .containsPattern("\n5 +unknown +not known ");
      Cli mute = box.start("status", "--no-wait", "--json", "--lease-dir", dir).expect(0);
      assertThat(object(json(mute).get("daemon"))).containsEntry("state", "mute");
      assertThat(object(json(mute).get("watchdog"))).containsEntry("protects", null);

      daemon.signal("KILL");
      daemon.code();
      Cli absent = box.start("status", "--no-wait", "--json", "--lease-dir", dir).expect(0);
      assertThat(object(json(absent).get("daemon")))
          .containsEntry("state", "absent")
          .containsEntry("words", "none answers at " + socket);
      assertThat(object(json(absent).get("watchdog")))
          .containsEntry("configured", false)
          .containsEntry("protects", false);
    }
  }
}
