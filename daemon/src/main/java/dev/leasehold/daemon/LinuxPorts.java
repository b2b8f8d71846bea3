// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.daemon.io.CountedStorage;
import dev.leasehold.daemon.io.IoCounts;
import dev.leasehold.engine.Engine;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.port.HolderJournal;
import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.linux.FailureHandler;
import dev.leasehold.linux.LinuxClock;
import dev.leasehold.linux.Privileges;
import dev.leasehold.linux.VirtualTasks;
import dev.leasehold.linux.io.LinuxStorage;
import dev.leasehold.linux.process.LinuxProcesses;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * The real world: the ports of this host, each made when it is first needed, since a command that
 * only looks at a file need not pay for watching processes. Thread-safe.
 */
public final class LinuxPorts {
  private final IoCounts io = new IoCounts();
  private final Once<LinuxStorage> storage = new Once<>(LinuxStorage::new);
  private final Once<LinuxClock> clock = new Once<>(LinuxClock::new);
  private final Once<VirtualTasks> tasks;
  private final Once<LinuxProcesses> processes;

  /**
   * @param failures told of tasks that ended by an exception
   * @param privileges with which processes are signalled and started
   */
  public LinuxPorts(FailureHandler failures, Privileges privileges) {
    this.tasks = new Once<>(() -> new VirtualTasks(clock(), failures));
    this.processes = new Once<>(() -> new LinuxProcesses(tasks(), privileges));
  }

  /** Files and devices. */
  public LinuxStorage storage() {
    return storage.get();
  }

  /** What the engine has read and written. */
  public IoCounts io() {
    return io;
  }

  /** The clocks. */
  public LinuxClock clock() {
    return clock.get();
  }

  /** Virtual threads. */
  public VirtualTasks tasks() {
    return tasks.get();
  }

  /** Processes. */
  public LinuxProcesses processes() {
    return processes.get();
  }

  /** Starts an engine on these ports. */
  public LeaseManager engine(EngineConfig config, Watchdog watchdog) {
    return engine(config, watchdog, HolderJournal.NONE);
  }

  /** Starts an engine on these ports that tells a journal of its holders. */
  public LeaseManager engine(EngineConfig config, Watchdog watchdog, HolderJournal journal) {
    return Engine.start(
        new EnginePorts(
            clock(),
            tasks(),
            new CountedStorage(storage(), io),
            processes(),
            watchdog,
            new SplittableRandom()),
        config,
        journal);
  }

  private static final class Once<T> {
    private final Supplier<T> maker;
    private volatile boolean made;
    private Optional<T> value = Optional.empty();

    Once(Supplier<T> maker) {
      this.maker = maker;
    }

    T get() {
      if (!made) {
        make();
      }
      return value.orElseThrow();
    }

    private synchronized void make() {
      if (!made) {
        value = Optional.of(maker.get());
        made = true;
      }
    }
  }
}
