// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.disk.Disk;
import dev.leasehold.cli.json.JsonReader;
import dev.leasehold.cli.local.OwnerName;
import dev.leasehold.linux.HostName;
import dev.leasehold.ondisk.HostNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * {@code status}, {@code who}, {@code hosts} and {@code dump}: what they say, and that they only
 * look.
 */
@Execution(ExecutionMode.CONCURRENT)
class ViewTest {
  private static final String[] LONG = {"--", "sh", "-c", "echo started; exec sleep 300"};

  /** What a record of a run here has left of this host's name. */
  private static final String HOST = HostNames.shown(OwnerName.unique());

  private static String[] command(String... options) {
    String[] all = java.util.Arrays.copyOf(options, options.length + LONG.length);
    System.arraycopy(LONG, 0, all, options.length, LONG.length);
    return all;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> json(Cli cli) throws Exception {
    return (Map<String, Object>) JsonReader.read(cli.expect(0).out());
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> list(Object value) {
    return (List<Map<String, Object>>) value;
  }

  /** Asks again until it sees so many hosts alive: on a busy machine renewals come late. */
  private static Cli alive(int hosts, Sandbox box, String... line) throws Exception {
    Cli answer = box.start(line).expect(0);
    long end = System.nanoTime() + Cli.PATIENCE.toNanos();
    while (answer.out().split("\\balive\\b", -1).length <= hosts && System.nanoTime() < end) {
      answer = box.start(line).expect(0);
    }
    return answer;
  }

  @Test
  void whatIsHeldHereAndElsewhere() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path a = box.disk("a.img");
      Path b = box.disk("b.img");
      Path c = box.disk("c.img");
      box.run("--disk", c.toString(), "--", "true").expect(0);
      Cli here = box.run(command("--disk", a.toString(), "--disk", b + ":shared"));
      here.awaitOut("started");
      Cli there = box.otherMachine("two").run(command("--disk", b + ":shared"));
      there.awaitOut("started");
      String dir = box.leases().toString();

      Cli status = alive(2, box, "status", "--lease-dir", dir);
      assertThat(status.out())
          .contains("lease directory  " + dir + "\n")
          .contains("__LIBVIRT__DISKS__, 512-byte sectors, host ids 1 to 2000")
          .contains("watchdog         none configured")
          .contains("daemon           none answers at " + box.directory() + "/sanlock-one/")
          .containsPattern(
              "1 +alive +[0-9]+ s ago +2 +1 s +"
                  + Pattern.quote(HOST)
                  + " \\(here, pid "
                  + here.pid())
          .containsPattern("2 +alive +[0-9]+ s ago +1 +1 s +" + Pattern.quote(HOST) + "\n")
          .containsPattern("exclusive +1 +[0-9]+ +[0-9:]{8} +" + a + " +sh -c echo started")
          .containsPattern("shared +1 +[0-9]+ +[0-9:]{8} +" + b + " +sh -c echo started")
          .containsPattern("shared +2 +[0-9]+ +[0-9:]{8} +" + b + " +sh -c echo started")
          .doesNotContain("c.img")
          .contains("leases: 3, of these free: 1");
      assertThat(box.start("status", "--all", "--lease-dir", dir).expect(0).out())
          .containsPattern("free +- +- +- +" + c);

      Map<String, Object> seen = json(alive(2, box, "status", "--json", "--lease-dir", dir));
      assertThat(seen.keySet())
          .containsExactly(
              "lease_dir",
              "lockspace",
              "lockspace_exists",
              "watchdog",
              "daemon",
              "hosts",
              "leases",
              "fault");
      assertThat(list(seen.get("hosts")))
          .extracting(host -> host.get("host_id"), host -> host.get("state"))
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple(1L, "alive"),
              org.assertj.core.groups.Tuple.tuple(2L, "alive"));
      assertThat(list(seen.get("hosts")))
          .allMatch(host -> host.get("name").equals(HOST))
          .extracting(host -> host.get("raw_name").toString())
          .doesNotHaveDuplicates()
          .allMatch(name -> name.startsWith(HOST + "."));
      assertThat(list(seen.get("hosts")).getFirst().keySet())
          .containsExactly(
              "host_id",
              "name",
              "raw_name",
              "state",
              "renewed_seconds_ago",
              "seen_seconds_ago",
              "silent_seconds",
              "generation",
              "timestamp",
              "io_timeout",
              "run",
              "fault");
      assertThat(list(seen.get("leases")))
          .extracting(lease -> lease.get("disk"), lease -> lease.get("state"))
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple(a.toString(), "exclusive"),
              org.assertj.core.groups.Tuple.tuple(b.toString(), "shared"));

      who(box, a, b, c, dir);
      dump(box, a, dir);
    }
  }

  private static void who(Sandbox box, Path a, Path b, Path c, String dir) throws Exception {
    assertThat(alive(1, box, "who", "--lease-dir", dir, "a.img").out())
        .startsWith("disk " + a + " is in use by sh -c echo started; exec sleep 300 (pid ")
        .contains(") on host " + HostName.current() + " (host id 1) since ")
        .contains("; the host is alive (renewed ")
        .hasLineCount(1);
    assertThat(box.start("who", "--lease-dir", dir, b.toString()).expect(0).out())
        .contains("disk " + b + " is in shared use by sh -c")
        .hasLineCount(2);
    assertThat(box.start("who", "--lease-dir", dir, c.toString()).expect(1).out())
        .isEqualTo("disk " + c + " is free\n");
    assertThat(box.start("who", "--lease-dir", dir, "never.img").expect(1).out())
        .contains("is free: nobody ever took a lease on it in " + dir);
    String file = dir + "/" + Disk.leaseName(a.toString());
    assertThat(box.start("who", "--no-wait", file).expect(0).out())
        .startsWith("lease " + Disk.leaseName(a.toString()) + " is in use by sh -c");
    Map<String, Object> answer = json(box.start("who", "--json", "--lease-dir", dir, b.toString()));
    assertThat(answer.get("state")).isEqualTo("shared");
    assertThat(list(answer.get("holders")))
        .allMatch(holder -> holder.get("holds").equals(true))
        .allMatch(holder -> holder.get("holder").equals("sh -c echo started; exec sleep 300"))
        .allMatch(holder -> holder.get("host_name").equals(HostName.current()))
        .extracting(holder -> holder.get("host_id"))
        .containsExactly(1L, 2L);
    assertThat(list(answer.get("holders")).getFirst().keySet())
        .containsExactly(
            "mode",
            "holds",
            "host_id",
            "generation",
            "host_name",
            "host_state",
            "holder",
            "guest",
            "pid",
            "since",
            "since_exact");
  }

  private static void dump(Sandbox box, Path a, String dir) throws Exception {
    Map<String, Object> lockspace = json(box.start("dump", "--json", dir + "/__LIBVIRT__DISKS__"));
    assertThat(lockspace.get("kind")).isEqualTo("lockspace");
    assertThat(list(lockspace.get("hosts")))
        .extracting(host -> host.get("generation"), host -> host.get("free"))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(2L, false),
            org.assertj.core.groups.Tuple.tuple(1L, false));
    Cli lease = box.start("dump", dir + "/" + Disk.leaseName(a.toString())).expect(0);
    assertThat(lease.out())
        .contains("kind: lease\n")
        .contains("resource: " + Disk.leaseName(a.toString()) + "\n")
        .contains("  owner_id: 1\n")
        .contains("  num_hosts: 254\n")
        .contains("- slot: 0\n  current: yes\n  shared: no\n  host_id: 1\n")
        .contains("  disk: " + a + "\n");
  }

  @Test
  void aHostThatFellSilent() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path a = box.disk("a.img");
      Cli run = box.run(command("--disk", a.toString())).awaitOut("started");
      run.signal("STOP");
      String dir = box.leases().toString();
      Sandbox other = box.otherMachine("two");
      assertThat(other.start("hosts", "--no-wait", "--lease-dir", dir).expect(0).out())
          .containsPattern("1 +unknown +not known +1 ");
      assertThat(other.start("who", "--lease-dir", dir, a.toString()).expect(0).out())
          .containsPattern("the host shows no sign of life \\(renewed more than \\d+ s ago\\)")
          .contains("the lease can be taken 68 s after its last renewal");
      Map<String, Object> hosts = json(other.start("hosts", "--json", "--lease-dir", dir));
      assertThat(list(hosts.get("hosts")).getFirst())
          .containsEntry("state", "silent")
          .containsEntry("renewed_seconds_ago", null);
    }
  }

  @Test
  void lookingChangesNothing() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path a = box.disk("a.img");
      box.run("--disk", a.toString(), "--", "true").expect(0);
      Path lease = box.leases().resolve(Disk.leaseName(a.toString()));
      byte[] lockspaceBefore = Files.readAllBytes(box.lockspace());
      byte[] leaseBefore = Files.readAllBytes(lease);
      Sandbox other = box.otherMachine("two");
      String dir = box.leases().toString();
      other.start("status", "--all", "--lease-dir", dir).expect(0);
      other.start("hosts", "--all", "--lease-dir", dir).expect(0);
      other.start("who", "--lease-dir", dir, a.toString()).expect(1);
      other.start("dump", lease.toString()).expect(0);
      assertThat(Files.readAllBytes(box.lockspace())).isEqualTo(lockspaceBefore);
      assertThat(Files.readAllBytes(lease)).isEqualTo(leaseBefore);
      assertThat(other.runtime()).doesNotExist();
      try (var files = Files.list(box.leases())) {
        assertThat(files).hasSize(2);
      }
    }
  }

  @Test
  void nothingThereYet() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      assertThat(box.start("status", "--lease-dir", "leases").expect(0).out())
          .contains("not made yet: the first \"leasehold run\" makes it")
          .contains("no hosts");
      assertThat(box.start("hosts", "--lease-dir", "leases").expect(0).out())
          .isEqualTo("no host uses " + box.leases() + "\n");
      assertThat(box.start("status").expect(66).err())
          .contains("state-one/leases does not exist")
          .contains("It is made by the first \"leasehold run\"");
    }
  }
}
