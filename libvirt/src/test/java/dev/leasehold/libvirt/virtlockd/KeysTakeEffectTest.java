// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.virtlockd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.libvirt.conf.ConfFile;
import dev.leasehold.libvirt.conf.ConfigFiles;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.conf.SystemAccounts;
import dev.leasehold.libvirt.naming.LeaseName;
import dev.leasehold.libvirt.rpc.RpcError;
import dev.leasehold.ondisk.LeaderRecord;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is written into a file is what comes of it: keys of leasehold.conf and qemu-sanlock.conf
 * that are about leases, from their text to the bytes on the disk. Those about the daemon as a
 * whole are in the command's LeaseOptionsTest.
 */
class KeysTakeEffectTest {
  @TempDir private Path directory;

  private Path leases;

  private LeaseholdConfig config(String original, String ours) throws Exception {
    leases = Files.createDirectories(directory.resolve("leases"));
    return ConfigFiles.of(
            file("l.conf", ours),
            file("q.conf", "disk_lease_dir = \"" + leases + "//\"\n" + original),
            new SystemAccounts())
        .config();
  }

  private static ConfFile file(String name, String text) throws Exception {
    return ConfFile.parse(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private Path lease(String disk) {
    return leases.resolve(LeaseName.ofPath(disk));
  }

  private static LeaderRecord record(Path file, int sector) throws IOException {
    return LeaderRecord.decode(MemorySegment.ofArray(Files.readAllBytes(file)), 512L * sector);
  }

  private static Optional<RpcError> start(TestDoor door, String guest, String disk)
      throws IOException {
    try (LibvirtClient client = door.connect().register(guest, door.guest().pid())) {
      return client.acquire(disk);
    }
  }

  @Test
  void placeHostIdTimesOwnerAndSize() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "changing owners needs root");
    LeaseholdConfig config =
        config(
            "host_id = 5\nio_timeout = 1\nuser = \"+12345\"\ngroup = \"23456\"\n",
            "max_hosts = 10\n");
    try (TestDoor door = new TestDoor(directory, "kvm5", config)) {
      door.leases.start();
      assertThat(start(door, "web", "/srv/a.raw")).isEmpty();
      Path lockspace = leases.resolve(LeaseholdConfig.LOCKSPACE);
      assertThat(record(lockspace, 4).ownerId()).isEqualTo(5);
      assertThat(record(lockspace, 4).ioTimeout()).isEqualTo(1);
      LeaderRecord leader = record(lease("/srv/a.raw"), 0);
      assertThat(leader.ownerId()).isEqualTo(5);
      assertThat(leader.numHosts()).isEqualTo(10);
      for (Path made : new Path[] {lockspace, lease("/srv/a.raw")}) {
        Map<String, Object> status = Files.readAttributes(made, "unix:uid,gid,mode");
        assertThat(status).containsEntry("uid", 12345).containsEntry("gid", 23456);
        assertThat((int) status.get("mode") & 0777).isEqualTo(0660);
      }
    }
  }

  /** A cluster that will have more hosts than ids have been used. */
  @Test
  void roomForHostsThatAreToCome() throws Exception {
    String common = "host_id = 1\nio_timeout = 1\n";
    try (TestDoor door = new TestDoor(directory, "kvm1", config(common, "min_hosts = 62\n"))) {
      door.leases.start();
      assertThat(start(door, "web", "/srv/a.raw")).isEmpty();
      assertThat(record(lease("/srv/a.raw"), 0).numHosts()).isEqualTo(62);
    }
  }

  @Test
  void aHostThatALeaseHasNoRoomForIsToldTheKey() throws Exception {
    try (TestDoor door =
        new TestDoor(directory, "kvm1", config("host_id = 1\nio_timeout = 1\n", ""))) {
      door.leases.start();
      assertThat(start(door, "web", "/srv/a.raw")).isEmpty();
      assertThat(record(lease("/srv/a.raw"), 0).numHosts()).isEqualTo(14);
    }
    Path other = Files.createDirectory(directory.resolve("2"));
    try (TestDoor door =
        new TestDoor(other, "kvm15", config("host_id = 15\nio_timeout = 1\n", ""))) {
      door.leases.start();
      assertThat(start(door, "web", "/srv/a.raw").orElseThrow().message().orElse(""))
          .contains(lease("/srv/a.raw") + " has room for host ids 1 to 14")
          .contains("this host has id 15")
          .contains("set min_hosts in leasehold.conf");
    }
  }

  @Test
  void leasesThatAreNotByThemselves() throws Exception {
    LeaseholdConfig config = config("host_id = 1\nio_timeout = 1\nauto_disk_leases = 0\n", "");
    assertThat(config.requireLeaseForDisks()).isTrue();
    try (TestDoor door = new TestDoor(directory, "kvm1", config)) {
      door.leases.start();
      assertThat(start(door, "web", "/srv/a.raw").orElseThrow().message().orElse(""))
          .contains("has no lease");
      assertThat(lease("/srv/a.raw")).doesNotExist();
    }
    LeaseholdConfig lax =
        config(
            "host_id = 1\nio_timeout = 1\nauto_disk_leases = 0\nrequire_lease_for_disks = 0\n", "");
    try (TestDoor door = new TestDoor(Files.createDirectory(directory.resolve("2")), "k", lax)) {
      assertThat(start(door, "web", "/srv/a.raw")).isEmpty();
      assertThat(lease("/srv/a.raw")).doesNotExist();
    }
  }

  @Test
  void identity() throws Exception {
    Path disk = Files.createFile(directory.resolve("a.raw"));
    Path link = Files.createSymbolicLink(directory.resolve("link.raw"), disk);
    LeaseholdConfig config =
        config("host_id = 1\nio_timeout = 1\n", "lease_identity = \"canonical\"\n");
    try (TestDoor door = new TestDoor(directory, "kvm1", config)) {
      door.leases.start();
      assertThat(start(door, "web", link.toString())).isEmpty();
      assertThat(lease(link.toString())).exists();
      assertThat(lease(disk.toRealPath().toString())).exists();
      assertThat(start(door, "other", disk.toRealPath().toString()).orElseThrow().code())
          .isEqualTo(RpcError.RESOURCE_BUSY);
    }
  }
}
