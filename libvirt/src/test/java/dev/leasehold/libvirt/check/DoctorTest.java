// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.libvirt.check.Finding.Level;
import dev.leasehold.libvirt.check.Finding.Topic;
import dev.leasehold.libvirt.conf.ConfFile;
import dev.leasehold.libvirt.conf.ConfigFiles;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.conf.SystemAccounts;
import dev.leasehold.libvirt.naming.LeaseName;
import dev.leasehold.linux.io.LinuxStorage;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DoctorTest {
  private static final Name LOCKSPACE = Name.of(LeaseholdConfig.LOCKSPACE);

  private final List<AutoCloseable> open = new ArrayList<>();
  private Path root;
  private Path leases;
  private List<Surroundings.Program> programs = List.of();

  @BeforeEach
  void makeAGoodHost() throws IOException {
    // Short, for sockets; below the build's directory, for direct I/O.
    root =
        Files.createTempDirectory(Files.createDirectories(Path.of("target")), "h").toAbsolutePath();
    leases = Files.createDirectories(root.resolve("leases"));
    Files.setPosixFilePermissions(leases, PosixFilePermissions.fromString("rwx------"));
    write("etc/libvirt/qemu.conf", "# user = \"root\"\nlock_manager = \"lockd\"\n");
    write("etc/libvirt/qemu-lockd.conf", "# nothing\n");
    listen("run/v");
    listen("run/wdmd/wdmd.sock");
    Files.write(leases.resolve(LeaseholdConfig.LOCKSPACE), lockspace("kvm1", 1));
    byte[] lease = new byte[1 << 20];
    MemorySegment segment = MemorySegment.ofArray(lease);
    AreaImages.resource(LOCKSPACE, Name.of(LeaseName.ofPath("/a")), Geometry.SECTOR_512, 14)
        .extents()
        .forEach(
            extent ->
                MemorySegment.copy(
                    extent.content(), 0, segment, (long) extent.sector() * 512, 512));
    Files.write(leases.resolve(LeaseName.ofPath("/a")), lease);
  }

  @AfterEach
  void removeIt() throws Exception {
    for (AutoCloseable resource : open) {
      resource.close();
    }
    try (var paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void listen(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    // The address by way of a descriptor's directory would be longer still.
    Path relative = Path.of("").toAbsolutePath().relativize(file);
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    channel.bind(UnixDomainSocketAddress.of(relative));
    open.add(channel);
  }

  /** A lockspace in which host id 3 is held. */
  private static byte[] lockspace(String owner, long timestamp) {
    byte[] bytes = new byte[1 << 20];
    MemorySegment segment = MemorySegment.ofArray(bytes);
    AreaImages.lockspace(LOCKSPACE, Geometry.SECTOR_512, 1)
        .extents()
        .forEach(
            extent -> {
              for (int i = 0; i < extent.count(); i++) {
                MemorySegment.copy(extent.content(), 0, segment, (extent.sector() + i) * 512L, 512);
              }
            });
    LeaderRecord fresh = LeaderRecord.decode(segment, 1024);
    fresh.deltaAcquired(3, Name.of(owner), timestamp, 1).encodeSector(segment, 1024, 512);
    return bytes;
  }

  private List<Finding> examine(String conf) throws Exception {
    String text = "virtlockd_socket = \"/run/v\"\nio_timeout = 1\n" + conf;
    ConfFile file = ConfFile.parse("l", text.getBytes(StandardCharsets.UTF_8));
    ConfigFiles files = ConfigFiles.of(file, ConfFile.empty("q"), new SystemAccounts());
    Surroundings host =
        new Surroundings(
            Path.of("").toAbsolutePath().relativize(root), new LinuxStorage(), programs, "kvm9");
    return Doctor.examine(host, files, leases.toString());
  }

  private static void assertFound(List<Finding> findings, Level level, Topic topic, String words) {
    assertThat(findings)
        .as("%s %s %s", level, topic, words)
        .anyMatch(
            finding ->
                finding.level() == level
                    && finding.topic() == topic
                    && finding.words().contains(words)
                    && finding.remedy().isEmpty() == (level == Level.OK));
  }

  @Test
  void aGoodHost() throws Exception {
    List<Finding> findings = examine("");
    // The build's disk is no shared one.
    assertThat(findings)
        .filteredOn(finding -> finding.topic() != Topic.SHARED)
        .as("%s", findings)
        .allMatch(finding -> finding.level() == Level.OK);
    assertFound(findings, Level.OK, Topic.DIRECT_IO, "direct I/O works");
    assertFound(findings, Level.OK, Topic.LOCKSPACE, "1 host ids are taken");
    assertFound(findings, Level.OK, Topic.LEASES, "1 leases, all of them sound");
    assertFound(findings, Level.UNSAFE, Topic.SHARED, "which no other host sees");
    assertThat(findings.stream().map(Finding::accepted).filter(f -> f.level() == Level.UNSAFE))
        .isEmpty();
    try (var files = Files.list(leases)) {
      assertThat(files).as("no probe is left").hasSize(2);
    }
  }

  @Test
  void libvirtThatDoesNotAsk() throws Exception {
    write("etc/libvirt/qemu.conf", "# lock_manager = \"lockd\"\n");
    assertFound(examine(""), Level.UNSAFE, Topic.LIBVIRT, "not configured to ask");
    write("etc/libvirt/qemu.conf", "lock_manager = \"nop\"\n");
    assertFound(examine(""), Level.UNSAFE, Topic.LIBVIRT, "protects nothing");
    write("etc/libvirt/qemu.conf", "lock_manager = \n");
    assertFound(examine(""), Level.WARNING, Topic.LIBVIRT, "expecting a value");
    write("etc/libvirt/qemu.conf", "lock_manager = \"sanlock\"\n");
    assertFound(examine(""), Level.UNSAFE, Topic.LIBVIRT, "takes no leases for disks");
    write("etc/libvirt/qemu-sanlock.conf", "auto_disk_leases = 1\n");
    assertFound(examine(""), Level.WARNING, Topic.LIBVIRT, "needs a host_id");
    Files.delete(root.resolve("etc/libvirt/qemu.conf"));
    assertFound(examine(""), Level.WARNING, Topic.LIBVIRT, "not installed");
  }

  @Test
  void libvirtThatHidesThePaths() throws Exception {
    write("etc/libvirt/qemu-lockd.conf", "file_lockspace_dir = \"/x\"\nauto_disk_leases = 0\n");
    List<Finding> findings = examine("");
    assertFound(findings, Level.UNSAFE, Topic.LIBVIRT, "sets file_lockspace_dir");
    assertFound(findings, Level.UNSAFE, Topic.LIBVIRT, "asks for no disk");
  }

  @Test
  void daemonsThatRunOrDoNot() throws Exception {
    programs =
        List.of(
            new Surroundings.Program("virtlockd", Optional.empty()),
            new Surroundings.Program("libvirtd", Optional.of(Instant.EPOCH)));
    List<Finding> findings = examine("sanlock_socket = \"\"\n");
    assertFound(findings, Level.UNSAFE, Topic.DAEMON, "libvirt's own virtlockd runs");
    assertFound(findings, Level.WARNING, Topic.LIBVIRT, "was changed after libvirt was started");
    open.getFirst().close();
    assertFound(examine(""), Level.WARNING, Topic.DAEMON, "nobody serves");
  }

  @Test
  void watchdogs() throws Exception {
    assertFound(
        examine("watchdog = \"none\"\n"), Level.UNSAFE, Topic.WATCHDOG, "watchdog = \"none\"");
    String device = "watchdog_device = \"/dev/w\"\n";
    assertFound(
        examine("watchdog = \"device\"\n" + device),
        Level.UNSAFE,
        Topic.WATCHDOG,
        "there is no device /dev/w");
    open.getLast().close();
    assertFound(examine(device), Level.UNSAFE, Topic.WATCHDOG, "wdmd does not run");
    write("dev/w", "");
    assertFound(examine(device), Level.UNSAFE, Topic.WATCHDOG, "/dev/w is no device");
    Files.delete(root.resolve("dev/w"));
    Files.createSymbolicLink(root.resolve("dev/w"), Path.of("/dev/null"));
    write("sys/class/watchdog/w/identity", "Software Watchdog\n");
    String used = "there is a device /dev/w (Software Watchdog), which the daemon uses itself";
    assertFound(examine(device), Level.OK, Topic.WATCHDOG, used);
    assertFound(examine("watchdog = \"device\"\n" + device), Level.OK, Topic.WATCHDOG, used);
    assertFound(
        examine("watchdog = \"wdmd\"\n" + device),
        Level.UNSAFE,
        Topic.WATCHDOG,
        "wdmd does not run");
  }

  @Test
  void theLeaseDirectory() throws Exception {
    Files.setPosixFilePermissions(leases, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.write(leases.resolve(LeaseName.ofPath("/b")), new byte[0]);
    List<Finding> findings = examine("auto_disk_leases = 0\n");
    assertFound(findings, Level.UNSAFE, Topic.PERMISSIONS, "every user of this host");
    assertFound(findings, Level.WARNING, Topic.LEASES, LeaseName.ofPath("/b"));
    assertFound(findings, Level.UNSAFE, Topic.CONFIGURATION, "auto_disk_leases = 0");
    Files.delete(leases.resolve(LeaseholdConfig.LOCKSPACE));
    assertFound(examine(""), Level.WARNING, Topic.LOCKSPACE, "no lockspace yet");
    Files.writeString(leases.resolve(LeaseholdConfig.LOCKSPACE), "short");
    assertFound(examine(""), Level.WARNING, Topic.LOCKSPACE, "cannot be used");
    leases = root.resolve("none");
    assertFound(examine(""), Level.WARNING, Topic.DIRECTORY, "does not exist");
  }

  @Test
  void theHostId() throws Exception {
    Path lockspace = leases.resolve(LeaseholdConfig.LOCKSPACE);
    assertFound(examine("host_id = 4\n"), Level.OK, Topic.HOST_ID, "free or this host's own");
    Files.write(lockspace, lockspace("3f1c.kvm9", 1));
    assertFound(examine("host_id = 3\n"), Level.OK, Topic.HOST_ID, "free or this host's own");
    Files.write(lockspace, lockspace("rack7", 1));
    assertFound(
        examine("host_id = 3\nhost_name = \"rack7\"\n"),
        Level.OK,
        Topic.HOST_ID,
        "free or this host's own");
    Files.write(lockspace, lockspace("3f1c2b00-9a8d-4c5e-8f00-0123456789ab.kvm1", 1));
    assertFound(examine("host_id = 3\n"), Level.WARNING, Topic.HOST_ID, "no sign of life");
    AtomicBoolean done = new AtomicBoolean();
    Thread other = Thread.ofVirtual().start(() -> renew(lockspace, done));
    try {
      assertFound(examine("host_id = 3\n"), Level.UNSAFE, Topic.HOST_ID, "in use by the host kvm1");
    } finally {
      done.set(true);
      other.join();
    }
    assertFound(examine(""), Level.OK, Topic.HOST_ID, "a free host id");
  }

  /** What a host that is alive does to its record. */
  private static void renew(Path lockspace, AtomicBoolean done) {
    try (FileChannel channel = FileChannel.open(lockspace, StandardOpenOption.WRITE)) {
      for (long now = 2; !done.get(); now++) {
        byte[] area = lockspace("3f1c2b00-9a8d-4c5e-8f00-0123456789ab.kvm1", now);
        channel.write(ByteBuffer.wrap(area, 1024, 512), 1024);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
