// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.sanlock;

import dev.leasehold.engine.Engine;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.linux.LinuxClock;
import dev.leasehold.linux.NoWatchdog;
import dev.leasehold.linux.VirtualTasks;
import dev.leasehold.linux.io.LinuxStorage;
import dev.leasehold.linux.process.LinuxProcesses;
import dev.leasehold.linux.socket.SocketFile;
import dev.leasehold.linux.socket.UnixSockets;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.server.DaemonFacts;
import dev.leasehold.sanlock.server.DaemonSide;
import dev.leasehold.sanlock.server.SanlockServer;
import dev.leasehold.sanlock.server.ServerLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;

/** Our engine behind our door, in this JVM, on a run directory of its own. */
final class OurDaemon implements AutoCloseable, DaemonSide {
  private final LinuxClock clock = new LinuxClock();
  private final UnixSockets sockets = new UnixSockets();
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final Path runDir;
  private final LinuxProcesses processes;
  private final LeaseManager manager;
  private final SanlockServer server;

  OurDaemon(Path runDir, String hostName) throws IOException {
    this.runDir = Files.createDirectories(runDir);
    VirtualTasks tasks = new VirtualTasks(clock, (task, failure) -> faults.add(task + failure));
    processes = new LinuxProcesses(tasks);
    manager =
        Engine.start(
            new EnginePorts(
                clock,
                tasks,
                new LinuxStorage(),
                processes,
                new NoWatchdog(),
                new SplittableRandom(1)),
            EngineConfig.of(Name.of(hostName)));
    server =
        new SanlockServer(
            sockets.listen(SocketFile.ownedByUs(runDir.resolve("sanlock.sock"))),
            manager,
            this,
            ServerLimits.DEFAULT);
    server.start();
  }

  /** Environment that leads a sanlock client to this daemon. */
  Map<String, String> environment() {
    return Map.of("SANLOCK_PRIVILEGED", "0", "SANLOCK_RUN_DIR", runDir.toString());
  }

  /** What should not have happened. */
  List<String> faults() {
    return faults;
  }

  @Override
  public DaemonFacts facts() {
    return DaemonFacts.defaults(false, 0, 0, (int) ProcessHandle.current().pid());
  }

  @Override
  public byte[] log() {
    return "a line".getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void say(System.Logger.Level level, String line) {
    if (level == System.Logger.Level.ERROR) {
      faults.add(line);
    }
  }

  @Override
  public long monotonicSeconds() {
    return clock.monotonicSeconds();
  }

  @Override
  public void engineEnded() {}

  @Override
  public void close() {
    server.close();
    manager.close();
    processes.close();
  }
}
