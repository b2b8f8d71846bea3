// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.daemon.LinuxPorts;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LeaseSession;
import dev.leasehold.engine.LockspaceFormat;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.resource.AcquireRequest;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.linux.NoWatchdog;
import dev.leasehold.linux.Privileges;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real engine on real files leads to in the log. */
class EventsOfAnEngineTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Name LS = Name.of("LS");
  private static final int MAJOR_VERSION = 6;

  @TempDir Path dir;
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<LeaseManager> managers = new CopyOnWriteArrayList<>();

  @AfterEach
  void end() {
    managers.forEach(LeaseManager::close);
    assertThat(faults).isEmpty();
  }

  /** With the shortest times there are. */
  private LeaseManager manager(String host) {
    LinuxPorts ports =
        new LinuxPorts((task, failure) -> faults.add(task + failure), Privileges.asWeAre());
    LeaseManager manager =
        ports.engine(
            EngineConfig.of(Name.of(host)).withIoTimeout(1).withWatchdog(4, 1), new NoWatchdog());
    manager.addListener(
        new EventLog(ports.clock(), (level, line) -> lines.add(level + " " + line)));
    managers.add(manager);
    return manager;
  }

  private static void join(LeaseManager manager, Path directory, long hostId)
      throws LeaseException {
    String area = directory.resolve("ls").toString();
    manager.createLockspace(new LockspaceFormat(LS, area, 0, Geometry.SECTOR_512, 1));
    manager.addLockspace(new LockspaceSpec(LS, hostId, area, 0), JoinOptions.DEFAULT);
  }

  private static LeaseRequest web1(Path directory) {
    String file = directory.resolve("web1").toString();
    return LeaseRequest.of(
            ResourceLocation.of(ResourceId.of("LS", "web1"), DiskLocation.of(file)),
            HoldMode.EXCLUSIVE)
        .creating(CreatePolicy.DEFAULT)
        .forDisk("/srv/web1.qcow2");
  }

  private void await(String start) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (lines.stream().noneMatch(line -> line.startsWith(start))) {
      assertThat(System.nanoTime() - deadline).as("%s in %s", start, lines).isNegative();
      Thread.sleep(20);
    }
  }

  private static void patch(Path file, int offset, int value) throws Exception {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(offset);
      bytes.write(value);
    }
  }

  @Test
  void aHostThatVanished() throws Exception {
    Path before = Files.createDirectory(dir.resolve("before"));
    Path after = Files.createDirectory(dir.resolve("after"));
    LeaseManager first = manager("kvm2");
    join(first, before, 2);
    first.session(HolderLabel.command("billing")).acquire(web1(before));
    for (String file : List.of("ls", "web1")) {
      Files.copy(before.resolve(file), after.resolve(file)); // where nobody renews any more
    }
    await("INFO event=lockspace_joined lockspace=\"LS\" host_id=2 generation=1 msg=");
    first.close();
    await("INFO event=lockspace_left lockspace=\"LS\" msg=");
    lines.clear();

    LeaseManager second = manager("kvm1");
    join(second, after, 1);
    try (LeaseSession session = second.session(HolderLabel.guest("web1", Optional.empty()))) {
      session.acquire(web1(after));
      String host = "lockspace=\"LS\" host_id=2 generation=1 host=\"kvm2\" msg=";
      await("INFO event=host_silent " + host);
      await("INFO event=host_dead " + host);
      await(
          "WARNING event=lease_taken_over lockspace=\"LS\" lease=\"web1\" file=\""
              + after.resolve("web1")
              + "\" disk=\"/srv/web1.qcow2\" host_id=2 generation=1 host=\"kvm2\" pid="
              + ProcessHandle.current().pid()
              + " holder=\"guest web1\" msg=");
    }
    assertThat(lines).filteredOn(line -> line.contains("event=lease_taken_over")).hasSize(1);
  }

  @Test
  void storageThatGoesAway() throws Exception {
    LeaseManager manager = manager("kvm1");
    join(manager, dir, 1);
    Process guest = new ProcessBuilder("sleep", "600").start();
    try {
      int pid = (int) guest.pid();
      HolderId holder = manager.register(pid, Lifetime.PROCESS, HolderLabel.NONE);
      assertThat(manager.acquire(holder, AcquireRequest.of(web1(dir))))
          .isInstanceOf(AcquireResult.Granted.class);
      try (RandomAccessFile area = new RandomAccessFile(dir.resolve("ls").toFile(), "rw")) {
        area.setLength(0);
      }
      await("WARNING event=renewal_failed lockspace=\"LS\" remaining_seconds=");
      await("WARNING event=lease_at_risk lockspace=\"LS\" remaining_seconds=");
      await("ERROR event=lease_lost lockspace=\"LS\" msg=");
      await("WARNING event=holder_killed lockspace=\"LS\" pid=" + pid + " msg=");
      assertThat(guest.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      guest.destroyForcibly().waitFor();
    }
  }

  @Test
  void aLockspaceThatIsInitialisedWhileInUse() throws Exception {
    LeaseManager manager = manager("kvm1");
    Path area = dir.resolve("ls");
    manager.createLockspace(new LockspaceFormat(LS, area.toString(), 0, Geometry.SECTOR_512, 1));
    byte[] fresh = Files.readAllBytes(area);
    join(manager, dir, 1);
    try (RandomAccessFile file = new RandomAccessFile(area.toFile(), "rw")) {
      file.write(fresh);
    }
    await("ERROR event=host_id_conflict lockspace=\"LS\" msg=\"our record was overwritten");
  }

  @Test
  void anUnknownFormat() throws Exception {
    LeaseManager manager = manager("kvm1");
    join(manager, dir, 1);
    try (LeaseSession session = manager.session(HolderLabel.command("x"))) {
      session.acquire(web1(dir));
      session.releaseAll();
      Path file = dir.resolve("web1");
      patch(file, MAJOR_VERSION, 9);
      assertThatThrownBy(() -> session.acquire(web1(dir))).isInstanceOf(LeaseException.class);
      await(
          "ERROR event=unknown_lease_format lockspace=\"LS\" lease=\"web1\" file=\""
              + file
              + "\" disk=\"/srv/web1.qcow2\" msg=");
    }
    manager.removeLockspace(new LockspaceSpec(LS, 1, dir.resolve("ls").toString(), 0), false);
    patch(dir.resolve("ls"), MAJOR_VERSION, 9);
    assertThatThrownBy(() -> join(manager, dir, 1)).isInstanceOf(LeaseException.class);
    await("ERROR event=unknown_lease_format lockspace=\"LS\" file=\"" + dir.resolve("ls") + "\"");
  }
}
