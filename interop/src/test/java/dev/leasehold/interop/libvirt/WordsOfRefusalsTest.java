// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.libvirt;

import static dev.leasehold.interop.libvirt.Held.exclusive;
import static dev.leasehold.interop.libvirt.LibvirtLab.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.ondisk.LeaderRecord;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What a person reads at {@code virsh start} when a host is not set up as it should be, and what
 * becomes of guests that lose their leases, by {@code lost_lease_action} (docs/libvirt.md).
 */
@Tag("lab")
@ResourceLock(LibvirtLab.MACHINE)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WordsOfRefusalsTest {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final String LEASES = "/var/lib/libvirt/sanlock";
  private static final int RECORD = 512;

  private Path directory;
  private LibvirtLab lab;

  @BeforeAll
  void up() throws IOException {
    LibvirtLab.require();
    directory = Files.createTempDirectory("lh");
    for (String host : List.of("a", "b")) {
      Files.createFile(configuration(host));
    }
    lab = LibvirtLab.configured(directory, host -> "--leases " + configuration(host));
    lab.define("a", "guest", lab.disk("guest.raw"));
    joined();
  }

  /** A daemon that ends while it joins leaves a record behind that the next one waits for. */
  private void joined() {
    lab.start("a", "guest").succeeded();
    lab.destroy("a", "guest");
  }

  @AfterAll
  void down() {
    if (lab != null) {
      lab.close();
    }
  }

  private Path configuration(String host) {
    return directory.resolve(host + ".conf");
  }

  /** The daemon of a host begins afresh with these lines. */
  private void configure(String host, String... lines) throws IOException {
    Files.write(configuration(host), List.of(lines));
    lab.run("stop-svc", host, "virtlockd").succeeded();
    lab.run("start-svc", host, "virtlockd").succeeded();
  }

  private void refused(String guest, String... words) {
    assertThat(lab.start("a", guest).failed().output())
        .contains(words)
        .doesNotContain("internal error", "Exception", "null");
  }

  private void sh(String command) {
    lab.on("a", "sh", "-c", command).succeeded();
  }

  @Test
  @Order(1)
  void aLeaseDirectoryThatIsNotThere() throws IOException {
    configure("a", "disk_lease_dir = '/nowhere/leases'");
    refused(
        "guest",
        "the lease directory /nowhere/leases does not exist or is no directory; mount the shared"
            + " storage there, or set disk_lease_dir");
  }

  @Test
  @Order(2)
  void aLeaseDirectoryThatCannotBeWritten() throws IOException {
    sh("mkdir /run/empty && mount --bind /run/empty /run/empty");
    sh("mount -o remount,bind,ro /run/empty");
    configure("a", "disk_lease_dir = '/run/empty'");
    refused(
        "guest",
        "the lease directory /run/empty cannot be written to: Read-only file system; mount it"
            + " read-write");
    sh("mount -o remount,bind,ro " + LEASES);
    configure("a");
    refused(
        "guest",
        "the lockspace " + LEASES + "/__LIBVIRT__DISKS__ cannot be joined: ",
        "(EROFS, read-only file system): mount the file system read-write");
    sh("mount -o remount,bind,rw " + LEASES);
  }

  @Test
  @Order(3)
  void aLeaseDirectoryThatIsFull() throws IOException {
    sh("mkdir /run/full && mount -t tmpfs -o size=64k tmpfs /run/full");
    sh("cat /dev/zero >/run/full/much 2>/dev/null || true");
    configure("a", "disk_lease_dir = '/run/full'");
    refused(
        "guest",
        "the lockspace cannot be made: /run/full/__LIBVIRT__DISKS__: no space left on its file"
            + " system",
        "; free some space");
  }

  @Test
  @Order(4)
  void aHostIdThatIsInUse() throws IOException {
    configure("a", "host_id = 2");
    refused(
        "guest",
        "host id 2 of lockspace __LIBVIRT__DISKS__ is in use by host ",
        "labb",
        "; give this host another host id, or stop the other host");
  }

  @Test
  @Order(5)
  void theDaemonMayBeMissing() throws IOException {
    lab.run("stop-svc", "a", "virtlockd").succeeded();
    // These are libvirt's own words: nobody else is there.
    assertThat(lab.start("a", "guest").failed().output())
        .contains("Failed to connect socket to '/run/libvirt/virtlockd-sock'");
    configure("a");
    joined();
  }

  @Test
  @Order(6)
  void whoLosesLeasesIsKilledPoweredOffOrPaused() throws Exception {
    SideBySide.both(
        () -> losesItsLeases("a", "kill", "shut off"),
        () -> losesItsLeases("b", "poweroff", "shut off"));
    losesItsLeases("a", "pause", "paused");
  }

  /** Somebody has overwritten this host's record in the lockspace. */
  private void losesItsLeases(String host, String action, String end) throws Exception {
    configure(host, "lost_lease_action = '" + action + "'");
    LeaseCheck leases = new LeaseCheck(lab);
    String disk = leases.watch(lab.disk(action + ".raw"));
    lab.define(host, action, disk);
    lab.start(host, action).succeeded();
    leases.exactly(exclusive(host, disk));
    int hostId = host.equals("a") ? 1 : 2;
    byte[] before = read(hostId);
    write(hostId, new byte[RECORD]);
    eventually(action + " has its effect", LONG, () -> lab.state(host, action).equals(end));
    write(hostId, givenBack(before));
    eventually(
        "the host has joined again, by itself",
        LONG,
        () -> lab.virsh(host, end.equals("paused") ? "resume" : "start", action).code() == 0);
    leases.exactly(exclusive(host, disk));
    lab.destroy(host, action);
    leases.noneSoon();
  }

  /** With nothing there the host could not join; with an older generation its leases look held. */
  private static byte[] givenBack(byte[] record) {
    MemorySegment sector = MemorySegment.ofArray(new byte[RECORD]);
    LeaderRecord.decode(MemorySegment.ofArray(record), 0)
        .deltaReleased()
        .encodeSector(sector, 0, RECORD);
    return sector.toArray(ValueLayout.JAVA_BYTE);
  }

  private RandomAccessFile lockspace() throws IOException {
    return new RandomAccessFile(lab.leases().resolve("__LIBVIRT__DISKS__").toFile(), "rw");
  }

  private byte[] read(int hostId) throws IOException {
    try (RandomAccessFile file = lockspace()) {
      byte[] record = new byte[RECORD];
      file.seek((long) RECORD * (hostId - 1));
      file.readFully(record);
      return record;
    }
  }

  private void write(int hostId, byte[] record) throws IOException {
    try (RandomAccessFile file = lockspace()) {
      file.seek((long) RECORD * (hostId - 1));
      file.write(record);
    }
  }
}
