// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.disk.Disk;
import dev.leasehold.ondisk.AreaImage;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.Name;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that a user or a disk can get wrong: a clear error, and nothing is overwritten. */
@Execution(ExecutionMode.CONCURRENT)
class BadInputTest {
  private static final String SPACE = "__LIBVIRT__DISKS__";

  @Test
  void aSymbolicLinkAndAMissingDiskAreRemarkedOn() throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path disk = box.disk("a.img");
      Path link = Files.createSymbolicLink(box.directory().resolve("link.img"), disk);
      Cli run = box.run("--disk", "link.img", "--disk", "new.img", "--", "true").expect(0);
      assertThat(run.err())
          .contains("disk " + link + " is a symbolic link")
          .contains("new.img does not exist (yet)");
      assertThat(box.leases().resolve(Disk.leaseName(link.toString()))).exists();

      Cli same =
          box.run(
                  "--identity",
                  "canonical",
                  "--disk",
                  "link.img",
                  "--disk",
                  disk.toString(),
                  "--",
                  "true")
              .expect(64);
      assertThat(same.err()).contains("disk " + disk + " is named twice");
    }
  }

  static Stream<Arguments> damagedLockspaces() {
    byte[] good = image(AreaImages.lockspace(Name.of(SPACE), Geometry.SECTOR_512, 1));
    return Stream.of(
        Arguments.of("empty", new byte[0], 65, "is empty or was cut off"),
        Arguments.of("cut off", Arrays.copyOf(good, 2048), 65, "is empty or was cut off"),
        Arguments.of("random", random(1 << 20), 65, "LEADER_MAGIC"),
        Arguments.of(
            "of another lockspace",
            image(AreaImages.lockspace(Name.of("other"), Geometry.SECTOR_512, 1)),
            65,
            "other"),
        Arguments.of("of another version", with(good, 6, (byte) 9), 65, "LEADER_VERSION"),
        Arguments.of("with a new flag", with(good, 9, (byte) 1), 65, "LEADER_VERSION"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damagedLockspaces")
  void aDamagedLockspace(String what, byte[] content, int code, String words) throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Files.write(box.lockspace(), content);
      Cli run = box.run("--disk", box.disk("a.img").toString(), "--", "true").expect(code);
      assertThat(run.err()).contains(box.lockspace().toString());
      assertThat(run.err()).doesNotContain("Exception").doesNotContain("\tat ");
      Cli status = box.start("status", "--lease-dir", "leases").expect(code);
      assertThat(run.err() + status.err()).contains(words);
      assertThat(Files.readAllBytes(box.lockspace())).isEqualTo(content);
    }
  }

  static Stream<Arguments> damagedLeases() {
    return Stream.of(
        Arguments.of("empty", 65),
        Arguments.of("cut off", 65),
        Arguments.of("random", 65),
        Arguments.of("other lockspace", 65),
        Arguments.of("other resource", 65),
        Arguments.of("other version", 65),
        Arguments.of("bad checksum", 65),
        Arguments.of("too few hosts", 78));
  }

  private static byte[] damagedLease(String what, String name) {
    byte[] good = lease(SPACE, name, 254);
    return switch (what) {
      case "empty" -> new byte[0];
      case "cut off" -> Arrays.copyOf(good, 1536);
      case "random" -> random(1 << 20);
      case "other lockspace" -> lease("other", name, 254);
      case "other resource" -> lease(SPACE, "other", 254);
      case "other version" -> with(good, 6, (byte) 9);
      case "bad checksum" -> with(good, 48, (byte) 1);
      case "too few hosts" -> lease(SPACE, name, 1);
      default -> throw new IllegalArgumentException(what);
    };
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damagedLeases")
  void aDamagedLease(String what, int code) throws Exception {
    try (Sandbox box = Sandbox.create()) {
      Path disk = box.disk("a.img");
      String name = Disk.leaseName(disk.toString());
      Path file = box.leases().resolve(name);
      byte[] content = damagedLease(what, name);
      Files.write(file, content);
      Cli run = box.run("--host-id", "2", "--disk", disk.toString(), "--", "true").expect(code);
      assertThat(run.err()).contains(disk.toString()).contains(file.toString());
      assertThat(run.err()).doesNotContain("Exception").doesNotContain("\tat ");
      assertThat(Files.readAllBytes(file)).isEqualTo(content);
      if (code == 65) {
        Cli who = box.start("who", "--lease-dir", "leases", disk.toString()).expect(65);
        assertThat(who.out()).contains("has a lease file that cannot be used");
        assertThat(box.start("status", "--lease-dir", "leases").expect(0).out())
            .contains("damaged");
      }
      assertThat(Lockspace.isHeld(box.lockspace(), 2)).isFalse();
    }
  }

  @Test
  void aReadOnlyLeaseDirectory() throws Exception {
    try (Sandbox box = Sandbox.create();
        Mount _ = Mount.readOnly(box.leases())) {
      Cli run = box.run("--disk", box.disk("a.img").toString(), "--", "true").expect(77);
      assertThat(run.err()).contains(box.leases().toString()).contains("cannot be written to");
    }
  }

  @Test
  void aFileSystemWithoutDirectInputAndOutput() throws Exception {
    try (Sandbox box = Sandbox.create();
        Mount _ = Mount.of("ramfs", box.leases())) {
      Cli run = box.run("--disk", box.disk("a.img").toString(), "--", "true").expect(78);
      assertThat(run.err()).contains(box.leases().toString()).contains("direct I/O");
    }
  }

  /** A mount that is gone when closed; needs root. */
  private record Mount(Path point) implements AutoCloseable {
    static Mount of(String type, Path point) throws Exception {
      boolean mounted = run("mount", "-t", type, "none", point.toString());
      Assumptions.assumeTrue(mounted, "needs the right to mount a file system of type " + type);
      return new Mount(point);
    }

    static Mount readOnly(Path point) throws Exception {
      boolean mounted = run("mount", "-t", "tmpfs", "-o", "ro", "none", point.toString());
      Assumptions.assumeTrue(mounted, "needs the right to mount a read-only file system");
      return new Mount(point);
    }

    private static boolean run(String... line) throws Exception {
      Process process =
          new ProcessBuilder(line)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    @Override
    public void close() {
      try {
        run("umount", point.toString());
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static byte[] lease(String space, String name, int hosts) {
    return image(AreaImages.resource(Name.of(space), Name.of(name), Geometry.SECTOR_512, hosts));
  }

  private static byte[] image(AreaImage image) {
    byte[] bytes = new byte[image.geometry().alignSize()];
    image.writeTo(MemorySegment.ofArray(bytes), 0);
    return bytes;
  }

  private static byte[] with(byte[] bytes, int at, byte value) {
    byte[] copy = bytes.clone();
    copy[at] = value;
    return copy;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(42).nextBytes(bytes);
    return bytes;
  }
}
