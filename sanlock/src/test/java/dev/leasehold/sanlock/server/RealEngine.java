// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.Engine;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.linux.LinuxClock;
import dev.leasehold.linux.NoWatchdog;
import dev.leasehold.linux.VirtualTasks;
import dev.leasehold.linux.io.LinuxStorage;
import dev.leasehold.linux.process.LinuxProcesses;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;

/** An engine on the real ports of this host, without watchdog. */
public final class RealEngine implements AutoCloseable {
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final LinuxProcesses processes;
  private final LeaseManager manager;

  public RealEngine(String hostName) {
    LinuxClock clock = new LinuxClock();
    VirtualTasks tasks =
        new VirtualTasks(clock, (task, failure) -> failures.add(task + ": " + failure));
    this.processes = new LinuxProcesses(tasks);
    this.manager =
        Engine.start(
            new EnginePorts(
                clock,
                tasks,
                new LinuxStorage(),
                processes,
                new NoWatchdog(),
                new SplittableRandom(7)),
            EngineConfig.of(Name.of(hostName)).withIoTimeout(1));
  }

  public LeaseManager manager() {
    return manager;
  }

  /** What tasks of the engine did not catch. */
  public List<String> failures() {
    return failures;
  }

  /** Leaves every lockspace at once; holders in it are killed. */
  public void end() throws LeaseException {
    manager.shutdown(true);
  }

  @Override
  public void close() {
    manager.close();
    processes.close();
  }
}
