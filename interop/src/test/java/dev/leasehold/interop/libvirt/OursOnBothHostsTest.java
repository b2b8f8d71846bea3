// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.libvirt;

import static dev.leasehold.interop.libvirt.LibvirtLab.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Unmodified libvirt with {@code lock_manager = "lockd"} and our daemon on both hosts. */
@Tag("lab")
@ResourceLock(LibvirtLab.MACHINE)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OursOnBothHostsTest {
  private static final int RECORD = 512;
  private static final String LEASES = "/var/lib/libvirt/sanlock";
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Pattern BOTH_ALIVE = Pattern.compile("(?s)1 +alive.*2 +alive");

  private Path directory;
  private LibvirtLab lab;

  @BeforeAll
  void up() throws IOException {
    LibvirtLab.require();
    directory = Files.createTempDirectory("lh");
    lab = new LibvirtLab(directory, Map.of());
    lab.up("lockd");
  }

  @AfterAll
  void down() throws IOException {
    if (directory == null) {
      return;
    }
    lab.close();
    try (Stream<Path> rest = Files.walk(directory)) {
      for (Path path : rest.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private LibvirtLab.Result refused(String host, String guest, String disk) {
    LibvirtLab.Result result = lab.start(host, guest).failed();
    assertThat(result.output()).contains("resource busy: disk " + disk + " is in ");
    return result;
  }

  @Test
  @Order(1)
  void theSameGuestTwiceIsRefusedInFullWords() {
    String disk = lab.disk("one.raw");
    Map<String, String> uuid = Map.of("DOMUUID", "00000000-0000-4000-8000-000000000001");
    lab.define(uuid, "a", "vm1", disk);
    lab.define(uuid, "b", "vm1", disk);
    lab.start("a", "vm1").succeeded();
    assertThat(lab.start("b", "vm1").failed().output())
        .containsPattern(
            "resource busy: disk "
                + Pattern.quote(disk)
                + " is in use by guest vm1 \\(uuid 00000000-0000-4000-8000-000000000001, pid"
                + " \\d+\\) on host laba \\(host id 1\\) since \\d\\d:\\d\\d:\\d\\d");
    assertThat(lab.leasehold("b", "status", "--lease-dir", LEASES).output())
        .contains("guest vm1")
        .contains(disk);
    // Without an option it is the directory that the host's configuration names.
    assertThat(lab.leasehold("b", "status", "--no-wait").succeeded().output())
        .contains(LEASES + " (of this host's daemon)")
        .contains("guest vm1")
        .contains(disk);
    assertThat(lab.leasehold("a", "who", "--no-wait", disk).succeeded().output())
        .contains("disk " + disk + " is in use by guest vm1");
    // On a busy machine a renewal may be late, which is seen and said.
    eventually(
        "both hosts are alive",
        Duration.ofSeconds(60),
        () -> BOTH_ALIVE.matcher(lab.leasehold("b", "hosts").succeeded().output()).find());
    lab.define("a", "vm2", disk);
    assertThat(refused("a", "vm2", disk).output()).contains("on this host");
    lab.destroy("a", "vm1");
    lab.start("b", "vm1").succeeded();
    lab.destroy("b", "vm1");
  }

  @Test
  @Order(2)
  void shareableDisksAreSharedAndReadOnlyOnesFree() {
    String disk = lab.disk("shared.raw");
    lab.define("a", "sh1", disk + ":shared");
    lab.define("b", "sh2", disk + ":shared");
    lab.define("b", "rw", disk);
    lab.define("b", "ro", disk + ":ro");
    lab.start("a", "sh1").succeeded();
    lab.start("b", "sh2").succeeded();
    refused("b", "rw", disk);
    lab.start("b", "ro").succeeded();
    lab.destroy("b", "sh2");
    assertThat(refused("b", "rw", disk).output()).contains("shared use by guest sh1");
    lab.destroy("a", "sh1");
    lab.start("b", "rw").succeeded();
    lab.destroy("b", "rw");
    lab.destroy("b", "ro");
  }

  @Test
  @Order(6)
  void theDaemonEndsOnlyWhenNobodyNeedsIt() {
    String disk = lab.disk("term.raw");
    lab.define("a", "term", disk);
    lab.start("a", "term").succeeded();
    lab.on("a", "sh", "-c", "kill -TERM $(cat /run/lab-virtlockd.pid)").succeeded();
    eventually("it says why not", SOON, () -> lab.log("a").contains("not ended"));
    assertThat(lab.state("a", "term")).isEqualTo("running");
    lab.destroy("a", "term");
    lab.run("stop-svc", "a", "virtlockd").succeeded();
    assertThat(lab.start("a", "term").failed().output()).contains("virtlockd-sock");
    lab.run("start-svc", "a", "virtlockd").succeeded();
    lab.start("a", "term").succeeded();
    lab.destroy("a", "term");
  }

  /** A resume asks for the leases that the suspension gave back. */
  @Test
  @Order(7)
  void withoutTheDaemonAGuestStaysSuspended() {
    String disk = lab.disk("resumed.raw");
    lab.define("a", "resumed", disk);
    lab.start("a", "resumed").succeeded();
    lab.virsh("a", "suspend", "resumed").succeeded();
    lab.run("stop-svc", "a", "virtlockd").succeeded();
    assertThat(lab.virsh("a", "resume", "resumed").failed().output()).contains("virtlockd-sock");
    assertThat(lab.state("a", "resumed")).isEqualTo("paused");
    lab.run("start-svc", "a", "virtlockd").succeeded();
    lab.virsh("a", "resume", "resumed").succeeded();
    assertThat(lab.state("a", "resumed")).isEqualTo("running");
    lab.destroy("a", "resumed");
  }

  @Test
  @Order(8)
  void firstStartsAtTheSameMomentHaveOneWinner() throws Exception {
    int rounds = 6;
    for (int round = 0; round < rounds; round++) {
      String disk = lab.disk("race" + round + ".raw");
      lab.define("a", "ra" + round, disk);
      lab.define("b", "rb" + round, disk);
    }
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < rounds; round++) {
        String number = Integer.toString(round);
        List<Callable<LibvirtLab.Result>> starts =
            List.of(() -> lab.start("a", "ra" + number), () -> lab.start("b", "rb" + number));
        List<LibvirtLab.Result> results =
            pool.invokeAll(starts).stream().map(Future::resultNow).toList();
        assertThat(results).filteredOn(result -> result.code() == 0).hasSize(1);
        assertThat(results)
            .filteredOn(result -> result.code() != 0)
            .allMatch(result -> result.output().contains("resource busy: disk "));
        String winner = results.getFirst().code() == 0 ? "a" : "b";
        lab.destroy(winner, "r" + winner + number);
      }
    }
  }

  @Test
  @Order(9)
  void aLostLeaseStopsTheGuestAndTheHostJoinsAgain() throws IOException {
    String mortal = lab.disk("mortal.raw");
    String pausing = lab.disk("pausing.raw");
    lab.define("b", "mortal", mortal);
    lab.define(Map.of("ON_LOCKFAILURE", "pause"), "b", "pausing", pausing);
    lab.start("b", "mortal").succeeded();
    lab.start("b", "pausing").succeeded();
    ids(file -> writeRecord(file, new byte[RECORD]));
    eventually(
        "one is stopped, the other paused",
        Duration.ofSeconds(90),
        () ->
            lab.state("b", "mortal").equals("shut off")
                && lab.state("b", "pausing").equals("paused"));
    // The record of a host id that nobody has had: with nothing there the host could not join.
    ids(file -> writeRecord(file, readRecord(file, 10)));
    eventually(
        "the host has joined again, by itself",
        Duration.ofSeconds(60),
        () -> lab.virsh("b", "resume", "pausing").code() == 0);
    lab.start("b", "mortal").succeeded();
    lab.destroy("b", "mortal");
    lab.destroy("b", "pausing");
  }

  @FunctionalInterface
  private interface Change {
    void apply(RandomAccessFile ids) throws IOException;
  }

  private void ids(Change change) throws IOException {
    try (RandomAccessFile file =
        new RandomAccessFile(lab.leases().resolve("__LIBVIRT__DISKS__").toFile(), "rw")) {
      change.apply(file);
    }
  }

  private static byte[] readRecord(RandomAccessFile ids, int hostId) throws IOException {
    byte[] record = new byte[RECORD];
    ids.seek((long) RECORD * (hostId - 1));
    ids.readFully(record);
    return record;
  }

  /** In the place of host b's. */
  private static void writeRecord(RandomAccessFile ids, byte[] record) throws IOException {
    ids.seek(RECORD);
    ids.write(record);
  }
}
