// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.libvirt.conf.ConfFile;
import dev.leasehold.libvirt.conf.ConfigFiles;
import dev.leasehold.libvirt.conf.SystemAccounts;
import dev.leasehold.storage.TemporaryName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a script sees that knows libvirt's command (docs/spec/libvirt-sanlock.md 7). No daemon runs,
 * where the original said PASS and removed nothing.
 */
class VirtSanlockCleanupTest {
  private static final String FREE_1 = "/srv/free1.raw";
  private static final String FREE_2 = "/srv/free2.raw";
  private static final String HELD = "/srv/held.raw";

  @TempDir private Path home;
  private LeaseGround ground;

  @BeforeEach
  void anotherHost() throws Exception {
    ground = new LeaseGround(home);
  }

  @AfterEach
  void end() {
    ground.close();
  }

  /** Written as the original's lens could not read it. */
  private ConfigFiles configuration(Path leases) throws Exception {
    return ConfigFiles.of(
        file("l.conf", "sanlock_socket = \"" + home.resolve("sanlock.sock") + "\"\n"),
        file(
            "q.conf",
            "disk_lease_dir = '" + leases + "' # where they are\nio_timeout = 2; host_id = 9\n"),
        new SystemAccounts());
  }

  private static ConfFile file(String name, String text) throws Exception {
    return ConfFile.parse(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private int run(String... args) throws Exception {
    return VirtSanlockCleanup.run(
        configuration(ground.directory()), List.of(args), ground.newTerminal());
  }

  private String line(Path lease, String result) {
    String name = lease.getFileName().toString();
    return "Cleanup: __LIBVIRT__DISKS__:" + name + ":" + lease + ":0 " + result + "\n";
  }

  private static void makeOld(Path file) throws Exception {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(30))));
  }

  @Test
  void aLineForEachLeaseInTheOrderOfNamesAndPassIfItIsGone() throws Exception {
    ground.free(FREE_1);
    ground.free(FREE_2);
    ground.held(HELD);
    Path interrupted = Files.createFile(ground.lease("/srv/interrupted.raw"));
    makeOld(interrupted);
    Path ofAnother = Files.createFile(ground.file(TemporaryName.of(7)));
    Path notes = Files.writeString(ground.file("notes with blanks.txt"), "mine");

    assertThat(run("--what", "ever")).isZero();

    String expected =
        Stream.of(
                line(ground.lease(FREE_1), "PASS"),
                line(ground.lease(FREE_2), "PASS"),
                line(interrupted, "PASS"),
                line(ground.lease(HELD), "FAIL"))
            .sorted()
            .reduce("", String::concat);
    assertThat(ground.out()).isEqualTo(expected);
    assertThat(ground.err()).isEmpty();
    assertThat(ground.lease(FREE_1)).doesNotExist();
    assertThat(ground.lease(FREE_2)).doesNotExist();
    assertThat(interrupted).doesNotExist();
    assertThat(ground.lease(HELD)).exists();
    assertThat(ofAnother).exists();
    assertThat(notes).exists();
  }

  @Test
  void quietSaysNothingAndDoesTheSame() throws Exception {
    ground.free(FREE_1);
    ground.held(HELD);
    assertThat(run("-q")).isZero();
    assertThat(ground.out()).isEmpty();
    assertThat(ground.err()).isEmpty();
    assertThat(ground.lease(FREE_1)).doesNotExist();
    assertThat(ground.lease(HELD)).exists();
  }

  @Test
  void whatIsNoLeaseFailsAndIsNamedEvenIfQuiet() throws Exception {
    assertThat(run()).as("nothing to do").isZero();
    assertThat(ground.out()).isEmpty();
    Path image = Files.writeString(ground.lease("/srv/image.raw"), "an image".repeat(100));
    assertThat(run()).isEqualTo(1);
    assertThat(ground.out()).isEqualTo(line(image, "FAIL"));
    assertThat(ground.err()).contains(image + ": not a lease");
    assertThat(run("-q")).isEqualTo(1);
    assertThat(ground.out()).isEmpty();
    assertThat(ground.err()).contains(image + ": not a lease");
    assertThat(image).exists();
  }

  /** Without a daemon it joins by itself; without a lockspace that cannot be. */
  @Test
  void whatCannotBeDoneAtAllIsNoSuccess() throws Exception {
    Path none = home.resolve("none");
    assertThatThrownBy(
            () -> VirtSanlockCleanup.run(configuration(none), List.of("-q"), ground.newTerminal()))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(ExitCode.NO_INPUT))
        .hasMessageContaining(none.toString());
    Path alone = Files.createDirectory(home.resolve("alone"));
    ground.free(FREE_1);
    Path copy = Files.copy(ground.lease(FREE_1), alone.resolve(ground.lease(FREE_1).getFileName()));
    assertThatThrownBy(
            () -> VirtSanlockCleanup.run(configuration(alone), List.of(), ground.newTerminal()))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(ExitCode.JOIN_FAILED))
        .hasMessageContaining("It has no lockspace");
    assertThat(ground.out()).isEmpty();
    assertThat(copy).exists();
  }

  /** Where nothing is set the original took an error message of augtool for the directory. */
  @Test
  void theDefaultDirectoryNeedsNoConfiguration() throws Exception {
    ConfigFiles nothingSet =
        ConfigFiles.of(
            file("l.conf", ""),
            file("q.conf", "#disk_lease_dir = \"/elsewhere\"\n"),
            new SystemAccounts());
    assertThat(VirtSanlockCleanup.options(nothingSet.config()).directory())
        .isEqualTo("/var/lib/libvirt/sanlock");
  }
}
