// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.virtlockd;

import dev.leasehold.engine.Engine;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.conf.LostLeaseAction;
import dev.leasehold.libvirt.conf.WatchdogChoice;
import dev.leasehold.libvirt.disklease.DiskLeases;
import dev.leasehold.libvirt.naming.LeaseIdentity;
import dev.leasehold.linux.LinuxClock;
import dev.leasehold.linux.NoWatchdog;
import dev.leasehold.linux.VirtualTasks;
import dev.leasehold.linux.io.LinuxStorage;
import dev.leasehold.linux.process.LinuxProcesses;
import dev.leasehold.linux.socket.SocketFile;
import dev.leasehold.linux.socket.UnixSockets;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;

/** A host with the virtlockd door on the real ports, without watchdog, io timeout 3 s. */
final class TestDoor implements AutoCloseable {
  private static final int IO_TIMEOUT = 3;

  final List<String> log = new CopyOnWriteArrayList<>();
  final List<String> failures = new CopyOnWriteArrayList<>();
  final UnixSockets sockets = new UnixSockets();
  final Path socket;
  final LeaseManager manager;
  final DiskLeases leases;
  private final LinuxProcesses processes;
  private final VirtlockdServer server;
  private final List<Process> guests = new ArrayList<>();

  /** What may be told of the configuration. */
  record Setting(
      int hostId, boolean autoDiskLeases, boolean requireLease, boolean protectBackingFiles) {
    static final Setting PLAIN = new Setting(1, true, false, false);

    Setting protecting() {
      return new Setting(hostId, autoDiskLeases, requireLease, true);
    }
  }

  TestDoor(Path directory, Path leaseDirectory, String hostName, Setting setting)
      throws IOException {
    this(directory, hostName, config(leaseDirectory, setting));
  }

  TestDoor(Path directory, String hostName, LeaseholdConfig config) throws IOException {
    LinuxClock clock = new LinuxClock();
    VirtualTasks tasks =
        new VirtualTasks(clock, (task, failure) -> failures.add(task + ": " + failure));
    this.processes = new LinuxProcesses(tasks);
    EnginePorts ports =
        new EnginePorts(
            clock, tasks, new LinuxStorage(), processes, new NoWatchdog(), new SplittableRandom(7));
    this.manager =
        Engine.start(ports, EngineConfig.of(Name.of(hostName)).withIoTimeout(IO_TIMEOUT));
    this.leases =
        new DiskLeases(
            manager,
            DiskLeases.World.of(ports, directory.resolve("state")),
            config,
            (level, line) -> log.add(level + " " + line));
    this.socket = directory.resolve("virtlockd-sock");
    this.server =
        new VirtlockdServer(
            sockets.listen(SocketFile.ownedByUs(socket)),
            leases,
            0,
            100,
            (level, line) -> log.add(level + " " + line));
    server.start();
  }

  static LeaseholdConfig config(Path leaseDirectory, Setting setting) {
    return new LeaseholdConfig(
        setting.autoDiskLeases(),
        leaseDirectory.toString(),
        setting.hostId() == 0 ? OptionalInt.empty() : OptionalInt.of(setting.hostId()),
        setting.requireLease(),
        IO_TIMEOUT,
        OptionalInt.empty(),
        OptionalInt.empty(),
        LeaseIdentity.PATH,
        setting.protectBackingFiles(),
        LostLeaseAction.KILL,
        0,
        WatchdogChoice.NONE,
        "/dev/watchdog",
        60,
        Optional.empty(),
        14,
        2000,
        Optional.empty(),
        Optional.empty(),
        "qemu:///system",
        Optional.empty());
  }

  /** A process that stands for a guest's; it is gone with the door. */
  Process guest() throws IOException {
    Process process = new ProcessBuilder("sleep", "600").start();
    guests.add(process);
    return process;
  }

  LibvirtClient connect() throws IOException {
    return new LibvirtClient(sockets, socket);
  }

  @Override
  public void close() {
    guests.forEach(Process::destroyForcibly);
    server.close();
    leases.close();
    try {
      manager.shutdown(true);
    } catch (LeaseException e) {
      failures.add("shutdown: " + e);
    }
    manager.close();
    processes.close();
    sockets.close();
  }
}
