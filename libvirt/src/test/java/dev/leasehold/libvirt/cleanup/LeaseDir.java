// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.cleanup;

import dev.leasehold.engine.AutoHostId;
import dev.leasehold.engine.Engine;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LockspaceFormat;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.naming.LeaseName;
import dev.leasehold.linux.LinuxClock;
import dev.leasehold.linux.NoWatchdog;
import dev.leasehold.linux.VirtualTasks;
import dev.leasehold.linux.io.LinuxStorage;
import dev.leasehold.linux.process.LinuxProcesses;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Publication;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A lease directory on the build's disk, and hosts that have joined it. */
final class LeaseDir implements AutoCloseable {
  static final Name LOCKSPACE = Name.of(LeaseholdConfig.LOCKSPACE);
  private static final int IO_TIMEOUT = 3;

  final LinuxStorage storage = new LinuxStorage();
  private final Path directory;
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
  private final List<Runnable> hosts = new ArrayList<>();

  LeaseDir() throws IOException {
    directory =
        Files.createTempDirectory(Files.createDirectories(Path.of("target")), "cleanup")
            .toAbsolutePath();
  }

  String path() {
    return directory.toString();
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  static String lease(String disk) {
    return LeaseName.ofPath(disk);
  }

  /** A host of its own with an io timeout of three seconds; the first one makes the lockspace. */
  LeaseManager host(String name) throws LeaseException {
    LinuxClock clock = new LinuxClock();
    VirtualTasks tasks = new VirtualTasks(clock, (task, failure) -> failures.add(failure));
    LinuxProcesses processes = new LinuxProcesses(tasks);
    EnginePorts ports =
        new EnginePorts(clock, tasks, storage, processes, new NoWatchdog(), new Random());
    LeaseManager manager =
        Engine.start(ports, EngineConfig.of(Name.of(name)).withIoTimeout(IO_TIMEOUT));
    hosts.add(processes::close);
    hosts.add(manager::close);
    String path = file(LeaseholdConfig.LOCKSPACE).toString();
    if (!Files.exists(Path.of(path))) {
      manager.createLockspace(format(path));
    }
    manager.addLockspace(
        LOCKSPACE,
        path,
        0,
        new AutoHostId(OptionalLong.empty(), OptionalLong.empty()),
        JoinOptions.DEFAULT.withIoTimeout(IO_TIMEOUT));
    return manager;
  }

  private static LockspaceFormat format(String path) {
    return new LockspaceFormat(LOCKSPACE, path, 0, Geometry.SECTOR_512, IO_TIMEOUT);
  }

  /** An exclusive lease for a disk, made if it is missing. */
  LeaseRequest request(String disk) {
    ResourceLocation where =
        ResourceLocation.of(
            ResourceId.of(LeaseholdConfig.LOCKSPACE, lease(disk)),
            DiskLocation.of(file(lease(disk)).toString()));
    return LeaseRequest.of(where, HoldMode.EXCLUSIVE).creating(CreatePolicy.DEFAULT).forDisk(disk);
  }

  /** A lease that was never held, as sanlock initialises one. */
  void makeFree(String name) {
    var image = AreaImages.resource(LOCKSPACE, Name.of(name), Geometry.SECTOR_512, 2000);
    TreeMap<Long, byte[]> pieces = new TreeMap<>();
    image
        .extents()
        .forEach(
            extent -> {
              for (int i = 0; i < extent.count(); i++) {
                pieces.put(
                    (long) (extent.sector() + i) * 512,
                    extent.content().asSlice(0, 512).toArray(ValueLayout.JAVA_BYTE));
              }
            });
    NewFile file = new NewFile(1 << 20, pieces, 0600, OptionalInt.empty(), OptionalInt.empty());
    if (storage.publish(file(name).toString(), file, Duration.ofSeconds(30))
        instanceof Publication.Created(var store)) {
      store.close();
    } else {
      throw new IllegalStateException("not made: " + name);
    }
  }

  void age(String name, Duration age) throws IOException {
    Files.setLastModifiedTime(file(name), FileTime.from(Instant.now().minus(age)));
  }

  CleanupOptions options(UnaryOperator<CleanupOptions> change) {
    return change.apply(new CleanupOptions(path(), Duration.ZERO, false, false, 32));
  }

  Cleaner cleaner(CleanupOptions options, KnownDisks disks) {
    return new Cleaner(options, storage, disks, Duration.ofSeconds(10), Clock.systemUTC());
  }

  /** A whole cleanup by this host. */
  CleanupReport clean(LeaseManager manager, CleanupOptions options, KnownDisks disks)
      throws Exception {
    Cleaner cleaner = cleaner(options, disks);
    if (cleaner.survey() > 0) {
      try (Claims claims = new EngineClaims(manager, path(), options.width())) {
        cleaner.remove(claims, done -> {});
      }
    }
    return cleaner.report();
  }

  @Override
  public void close() throws IOException {
    for (Runnable host : hosts.reversed()) {
      host.run();
    }
    try (var paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    if (!failures.isEmpty()) {
      throw new AssertionError("tasks failed", failures.getFirst());
    }
  }
}
