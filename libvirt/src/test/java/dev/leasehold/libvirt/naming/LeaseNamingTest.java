// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.libvirt.naming.DiskFacts.Device;
import dev.leasehold.libvirt.naming.DiskFacts.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseNamingTest {
  private static final Device DISK = new Device(8, 16);
  private static final Device PART = new Device(8, 17);
  private static final Device MAPPED = new Device(253, 3);

  @TempDir Path root;
  private Path files;

  @BeforeEach
  void makeFiles() throws IOException {
    // The temporary directory itself may lie below a symbolic link.
    files = Files.createDirectory(root.toRealPath().resolve("images"));
    Files.writeString(files.resolve("a.raw"), "a");
    Files.createSymbolicLink(files.resolve("link"), Path.of("a.raw"));
  }

  private List<DiskKey> keys(LeaseIdentity identity, String path) throws Exception {
    return new LeaseNaming(identity, new DiskFacts(root)).keys(path);
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private DeviceKey.Answer ask(Target target) {
    return new DeviceKey(new DiskFacts(root)).of(target);
  }

  private String known(Target target) {
    return ask(target) instanceof DeviceKey.Answer.Known known ? known.text() : "refused";
  }

  @Test
  void theNameIsTheMd5OfThePath() {
    assertThat(LeaseName.ofPath("/var/lib/libvirt/images/one.raw"))
        .isEqualTo("d7949bb37ac3985ff17eb803504a40f4");
    assertThat(LeaseName.ofPath("/bilder/ä.raw"))
        .isEqualTo(LeaseName.of("/bilder/ä.raw".getBytes(StandardCharsets.UTF_8)));
    assertThat(LeaseName.is("d7949bb37ac3985ff17eb803504a40f4")).isTrue();
    assertThat(LeaseName.is("D7949bb37ac3985ff17eb803504a40f4")).isFalse();
    assertThat(LeaseName.is("d7949bb37ac3985ff17eb803504a40f")).isFalse();
    assertThat(LeaseName.is("__LIBVIRT__DISKS__")).isFalse();
  }

  @Test
  void aPathIsTakenAsItIs() throws Exception {
    assertThat(keys(LeaseIdentity.PATH, "/no//such/../disk"))
        .containsExactly(new DiskKey(LeaseIdentity.PATH, "/no//such/../disk"));
  }

  @Test
  void theCanonicalPathIsASecondLease() throws Exception {
    String disk = files + "/a.raw";
    assertThat(keys(LeaseIdentity.CANONICAL, disk))
        .containsExactly(new DiskKey(LeaseIdentity.PATH, disk));
    assertThat(keys(LeaseIdentity.CANONICAL, files + "//link"))
        .containsExactly(
            new DiskKey(LeaseIdentity.PATH, files + "//link"),
            new DiskKey(LeaseIdentity.CANONICAL, disk));
    assertThat(keys(LeaseIdentity.CANONICAL, files + "/./new.raw"))
        .extracting(DiskKey::text)
        .containsExactly(files + "/./new.raw", files + "/new.raw");
  }

  @Test
  void aCanonicalNameOfTheKernelIsRefused() throws Exception {
    Files.createSymbolicLink(files.resolve("zero"), Path.of("/dev/zero"));
    Files.createSymbolicLink(files.resolve("dangling"), Path.of("nowhere"));
    assertThatThrownBy(() -> keys(LeaseIdentity.CANONICAL, files + "/zero"))
        .isInstanceOf(UnsafeIdentityException.class)
        .hasMessageContaining("it leads to /dev/zero, a name that the kernel gives anew");
    assertThatThrownBy(() -> keys(LeaseIdentity.CANONICAL, files + "/dangling"))
        .isInstanceOf(UnsafeIdentityException.class);
    assertThatThrownBy(() -> keys(LeaseIdentity.CANONICAL, "/no/such/directory/x"))
        .isInstanceOf(UnsafeIdentityException.class);
  }

  @Test
  void devicesByTheirWorldWideName() throws Exception {
    write("sys/devices/sdb/wwid", "naa.600140542A\n");
    Path disk = root.resolve("sys/devices/sdb");
    write("sys/devices/sdb/sdb1/partition", "1\n");
    Files.createDirectories(root.resolve("sys/dev/block"));
    Files.createSymbolicLink(root.resolve("sys/dev/block/8:16"), disk);
    Files.createSymbolicLink(root.resolve("sys/dev/block/8:17"), disk.resolve("sdb1"));
    assertThat(known(new Target.Block(DISK))).isEqualTo("wwn:naa.600140542a");
    assertThat(known(new Target.Block(PART))).isEqualTo("wwn:naa.600140542a:1");
    write("sys/dev/block/253:3/dm/uuid", "mpath-3600140542a\n");
    assertThat(known(new Target.Block(MAPPED))).isEqualTo("wwn:naa.600140542a");
    write("sys/dev/block/253:3/dm/uuid", "part1-mpath-3600140542a\n");
    assertThat(known(new Target.Block(MAPPED))).isEqualTo("wwn:naa.600140542a:1");
  }

  @Test
  void volumesByTheirUuids() throws Exception {
    String group = "a".repeat(32);
    String volume = "B".repeat(32);
    write("sys/dev/block/253:3/dm/uuid", "LVM-" + group + volume + "\n");
    assertThat(known(new Target.Block(MAPPED))).isEqualTo("lvm:" + group + ":" + volume);
    for (String other :
        List.of("LVM-" + group + volume + "-cow", "CRYPT-LUKS2-x", "mpath-1ATA x")) {
      write("sys/dev/block/253:3/dm/uuid", other);
      assertThat(known(new Target.Block(MAPPED))).as(other).isEqualTo("refused");
    }
  }

  @Test
  void devicesWithoutAUniqueNameAreRefused() throws Exception {
    assertThat(known(new Target.Block(new Device(7, 0)))).isEqualTo("refused");
    write("sys/dev/block/8:16/device/wwid", "t10.ATA     QEMU HARDDISK   QM00001");
    assertThat(known(new Target.Block(DISK))).isEqualTo("refused");
    assertThat(known(new Target.Other())).isEqualTo("refused");
  }

  @Test
  void filesByFileSystemAndInode() throws Exception {
    write(
        "proc/self/mountinfo",
        """
        30 1 0:45 / /srv rw,relatime shared:1 - nfs4 server:/export rw
        31 1 0:50 / /tmp rw - tmpfs tmpfs rw
        32 1 8:1 / /data rw - ext4 /dev/sda1 rw
        """);
    write(
        "proc/fs/nfsfs/volumes",
        """
        NV SERVER   PORT DEV          FSID                              FSC
        v4 0a000001  801 0:45         5a7b00c1:0                        no
        """);
    assertThat(known(new Target.Regular(new Device(0, 45), 77)))
        .isEqualTo("file:nfs:5a7b00c1:0:77");
    assertThat(known(new Target.Regular(new Device(0, 50), 77))).isEqualTo("refused");
    assertThat(known(new Target.Regular(new Device(8, 1), 77))).isEqualTo("refused");
    assertThat(known(new Target.Regular(new Device(9, 9), 77))).isEqualTo("refused");
  }

  @Test
  void hardLinksAreOneFile() throws Exception {
    DiskFacts facts = new DiskFacts(root);
    Path other = Files.createLink(files.resolve("hard"), files.resolve("a.raw"));
    assertThat(facts.target(other.toString()))
        .isEqualTo(facts.target(files + "/link"))
        .isInstanceOf(Target.Regular.class);
    assertThat(facts.target("/dev/null")).isEqualTo(new Target.Other());
    assertThatThrownBy(() -> keys(LeaseIdentity.DEVICE, files + "/none"))
        .hasMessageContaining("it cannot be looked at");
  }

  @Test
  void deviceNumbersAreDecoded() {
    assertThat(Device.of(0x0811)).isEqualTo(new Device(8, 17));
    assertThat(Device.of(0x0000_0000_1230_fd45L)).isEqualTo(new Device(0xfd, 0x12345));
  }
}
