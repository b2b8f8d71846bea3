// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.json.JsonReader;
import dev.leasehold.libvirt.naming.LeaseName;
import dev.leasehold.storage.TemporaryName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command around the cleaner: options, answers, exit codes. No daemon runs. */
class CleanupCommandTest {
  private static final int LEASE_SIZE = 1 << 20;

  @TempDir private Path home;
  private LeaseGround ground;
  private String gone = "";
  private String there = "";
  private String held = "";

  @BeforeEach
  void leasesOfThreeDisks() throws Exception {
    ground = new LeaseGround(home);
    gone = ground.free(home.resolve("gone.raw").toString());
    there = ground.free(Files.createFile(home.resolve("there.raw")).toString());
    held = ground.held(Files.createFile(home.resolve("held.raw")).toString());
    Files.writeString(
        home.resolve("l.conf"),
        "host_id = \"auto\"\nio_timeout = 2\nsanlock_socket = \""
            + home.resolve("sanlock.sock")
            + "\"\n");
  }

  @AfterEach
  void end() {
    ground.close();
  }

  private int run(String... options) throws Exception {
    List<String> line = new ArrayList<>(List.of("--config", home.resolve("l.conf").toString()));
    line.addAll(List.of("--lease-dir", ground.directory().toString()));
    line.addAll(List.of(options));
    return ground.run(new CleanupCommand(), line.toArray(String[]::new));
  }

  private boolean exists(String lease) {
    return Files.exists(ground.file(lease));
  }

  private Path damaged() throws Exception {
    return Files.writeString(ground.file(LeaseName.ofPath("/an/image")), "image".repeat(200));
  }

  @Test
  void whatWasUsedAShortTimeAgoIsLeftWhereNoAgeIsGiven() throws Exception {
    assertThat(run()).isZero();
    assertThat(ground.out()).isEqualTo("Removed 0 leases, 0 MiB, 1 in use, 2 too recent.\n");
    assertThat(exists(gone) && exists(there) && exists(held)).isTrue();
  }

  @Test
  void jsonOfADryRun() throws Exception {
    Path old = Files.createFile(ground.file(TemporaryName.of(7)));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(30))));
    assertThat(run("--dry-run", "--json", "--older-than", "0s")).isZero();
    Map<?, ?> answer = (Map<?, ?>) JsonReader.read(ground.out());
    assertThat(answer.get("lease_dir")).isEqualTo(ground.directory().toString());
    assertThat(answer.get("dry_run")).isEqualTo(true);
    assertThat(answer.get("removed_without_disk")).isEqualTo(1L);
    assertThat(answer.get("bytes_freed")).isEqualTo(2L * LEASE_SIZE);
    assertThat(answer.get("counts"))
        .isEqualTo(
            Map.of(
                "removed",
                2L,
                "leftover_removed",
                1L,
                "in_use",
                1L,
                "recent",
                0L,
                "kept",
                0L,
                "failed",
                0L));
    Map<?, ?> ofGone = file(answer, gone);
    assertThat(ofGone.get("outcome")).isEqualTo("removed");
    assertThat(ofGone.get("disk")).isEqualTo(home.resolve("gone.raw").toString());
    assertThat(ofGone.get("disk_state")).isEqualTo("gone");
    assertThat(ofGone.get("bytes")).isEqualTo((long) LEASE_SIZE);
    assertThat(ofGone.containsKey("words") && ofGone.get("words") == null).isTrue();
    assertThat(file(answer, there).get("disk_state")).isEqualTo("exists");
    assertThat(file(answer, held).get("outcome")).isEqualTo("in_use");
    assertThat(file(answer, held).get("words")).isEqualTo("held, as far as its file says");
    assertThat(file(answer, TemporaryName.of(7)).get("disk_state")).isEqualTo("unknown");
    assertThat(exists(gone) && exists(there) && exists(held)).isTrue();
    assertThat(old).exists();
  }

  private static Map<?, ?> file(Map<?, ?> answer, String name) {
    for (Object file : (List<?>) answer.get("files")) {
      if (name.equals(((Map<?, ?>) file).get("name"))) {
        return (Map<?, ?>) file;
      }
    }
    throw new AssertionError(name + " is missing in " + answer);
  }

  @Test
  void onlyGoneRemovesThoseAndVerboseHasALineForEach() throws Exception {
    assertThat(run("--only-gone", "--verbose", "--older-than", "0s")).isZero();
    assertThat(ground.out().lines())
        .containsExactlyInAnyOrder(
            gone + "  removed  disk " + home.resolve("gone.raw") + " (does not exist)",
            kept(there, "there.raw"),
            kept(held, "held.raw"),
            "Removed 1 lease (1 of disks that do not exist any more), 1 MiB, 2 kept.");
    assertThat(exists(gone)).isFalse();
    assertThat(exists(there) && exists(held)).isTrue();
  }

  private String kept(String lease, String disk) {
    return lease
        + "  kept  disk "
        + home.resolve(disk)
        + ": nobody need use it, but its disk may exist";
  }

  @Test
  void whatIsNoLeaseExits74AndIsNamedInEveryForm() throws Exception {
    Path image = damaged();
    String line = image.getFileName() + "  FAILED: not a lease; look at it with leasehold dump,";
    assertThat(run("--quiet")).isEqualTo(74);
    assertThat(ground.out()).startsWith(line).hasLineCount(1);
    assertThat(run("--json")).isEqualTo(74);
    Map<?, ?> answer = (Map<?, ?>) JsonReader.read(ground.out());
    assertThat(file(answer, image.getFileName().toString()).get("outcome")).isEqualTo("failed");
    // What fails keeps nothing else back.
    assertThat(run("--older-than", "0")).isEqualTo(74);
    assertThat(ground.out())
        .startsWith(line)
        .endsWith(
            "Removed 2 leases (1 of disks that do not exist any more), 2 MiB, 1 in use,"
                + " 1 failed.\n");
    assertThat(exists(gone) || exists(there)).isFalse();
    assertThat(exists(held)).isTrue();
    assertThat(image).exists();
    Files.delete(image);
    assertThat(run("--quiet", "--older-than", "0")).isZero();
    assertThat(ground.out()).isEmpty();
    assertThatThrownBy(() -> run("--quiet", "--verbose"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("choose one");
  }
}
