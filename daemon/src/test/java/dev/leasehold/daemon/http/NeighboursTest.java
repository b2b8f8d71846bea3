// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.daemon.LinuxPorts;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LeaseSession;
import dev.leasehold.engine.LockspaceFormat;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.libvirt.naming.LeaseName;
import dev.leasehold.linux.NoWatchdog;
import dev.leasehold.linux.Privileges;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is seen of the leases of another host that lives, and of one that has vanished. */
class NeighboursTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String DISK = "/srv/web1.qcow2";
  private static final String SHARED = "/srv/a.iso"; // its lease is looked at before the others
  private static final String OURS = "/srv/ours.qcow2";

  @TempDir Path dir;
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final List<LeaseManager> managers = new ArrayList<>();

  @AfterEach
  void end() {
    managers.forEach(LeaseManager::close);
    assertThat(faults).isEmpty();
  }

  private LeaseManager join(Path directory, long hostId) throws LeaseException {
    LinuxPorts ports =
        new LinuxPorts((task, failure) -> faults.add(task + failure), Privileges.asWeAre());
    LeaseManager manager =
        ports.engine(
            EngineConfig.of(Name.of("kvm" + hostId)).withIoTimeout(2).withWatchdog(4, 1),
            new NoWatchdog());
    managers.add(manager);
    String area = directory.resolve("LS").toString();
    manager.createLockspace(new LockspaceFormat(Name.of("LS"), area, 0, Geometry.SECTOR_512, 2));
    manager.addLockspace(LockspaceSpec.of("LS", hostId, area), JoinOptions.DEFAULT);
    return manager;
  }

  private void acquire(LeaseSession session, String disk, HoldMode mode) throws LeaseException {
    String name = LeaseName.ofPath(disk);
    session.acquire(
        LeaseRequest.of(
                ResourceLocation.of(
                    ResourceId.of("LS", name), DiskLocation.of(dir.resolve(name).toString())),
                mode)
            .creating(CreatePolicy.DEFAULT)
            .forDisk(disk));
  }

  private static String words(Neighbours.Held held) {
    return "%s %s of host %d %s, %s, %s"
        .formatted(
            held.holding().mode(),
            held.holding().disk().orElse(""),
            held.holding().hostId(),
            held.holding().hostName().orElse(""),
            held.holding().who().orElse(""),
            held.state());
  }

  private static List<String> seen(Neighbours neighbours) {
    return neighbours.held().stream().map(NeighboursTest::words).sorted().toList();
  }

  private static void until(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).isNegative();
      Thread.sleep(50);
    }
  }

  private static boolean isLooking() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("leasehold-neighbours"));
  }

  @Test
  void aHostThatLivesAndOneThatHasVanished() throws Exception {
    LeaseManager second = join(dir, 2);
    LeaseSession theirs = second.session(HolderLabel.guest("web1", Optional.empty()));
    acquire(theirs, DISK, HoldMode.EXCLUSIVE);
    acquire(theirs, SHARED, HoldMode.SHARED);
    LeaseManager first = join(dir, 1);
    acquire(first.session(HolderLabel.command("x")), OURS, HoldMode.EXCLUSIVE);
    Path copy = Files.createDirectory(dir.resolve("copy"));
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }

    try (Neighbours neighbours = new Neighbours(first)) {
      assertThat(isLooking()).isFalse();
      String exclusive = "EXCLUSIVE " + DISK + " of host 2 kvm2, guest web1, live";
      String shared = "SHARED " + SHARED + " of host 2 kvm2, guest web1, live";
      until(() -> seen(neighbours).equals(List.of(exclusive, shared)));
      assertThat(isLooking()).isTrue();
      theirs.releaseAll();
      until(() -> seen(neighbours).isEmpty());
      assertThat(neighbours.leftOut()).isZero();
      until(() -> !isLooking()); // nobody has asked for a while
    }

    // Nobody renews there any more. A sharer that is gone has no lease, only its mark is left.
    try (Neighbours neighbours = new Neighbours(join(copy, 3))) {
      until(
          () ->
              seen(neighbours).contains("EXCLUSIVE " + DISK + " of host 2 kvm2, guest web1, dead"));
      assertThat(seen(neighbours)).noneMatch(line -> line.startsWith("SHARED"));
    }
    until(() -> !isLooking());
  }
}
