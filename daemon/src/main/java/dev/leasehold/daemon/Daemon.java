// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.daemon.config.DaemonOptions;
import dev.leasehold.daemon.events.EventLog;
import dev.leasehold.daemon.journal.Restart;
import dev.leasehold.daemon.log.DaemonLog;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.linux.Account;
import dev.leasehold.linux.HostLimits;
import dev.leasehold.linux.HostName;
import dev.leasehold.linux.MemoryLock;
import dev.leasehold.linux.Privileges;
import dev.leasehold.linux.ServiceManager;
import dev.leasehold.linux.socket.UnixSockets;
import dev.leasehold.ondisk.LeaseException;
import java.io.IOException;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * One daemon, from its start to its end, in the original's order (docs/spec/algorithms.md 7.4): run
 * directory and lock, own name, user, memory, engine, doors.
 *
 * <p>It ends when no lockspace is left and somebody asks for it: by SIGTERM, SIGINT, SIGHUP, or a
 * command of a door. Asked while lockspaces are joined it goes on, undisturbed (7.5).
 */
public final class Daemon {
  private static final int REALTIME_PRIORITY = 1;
  private static final String JOURNAL = "leasehold.holders";

  private final DaemonOptions options;
  private final Environment environment;
  private final List<Door.Maker> makers;
  private final DaemonLog log;
  private final Runnable whenReady;
  private final ServiceManager service;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Deque<Door> open = new ArrayDeque<>();

  /**
   * @param makers of its doors, in the order in which they are opened
   * @param whenReady called once when clients can connect
   */
  public Daemon(
      DaemonOptions options,
      Environment environment,
      List<Door.Maker> makers,
      DaemonLog log,
      Runnable whenReady) {
    this.options = options;
    this.environment = environment;
    this.makers = List.copyOf(makers);
    this.log = log;
    this.whenReady = whenReady;
    this.service = new ServiceManager(environment.variables());
  }

  /**
   * Runs until it is ended.
   *
   * @throws IOException if it cannot start, with words for an administrator
   */
  public void run() throws IOException {
    Account account = Accounts.of(options);
    if (environment.privileged()) {
      HostLimits.raise().forEach(log::warn);
    }
    int directoryGroup = environment.privileged() ? Account.ROOT.gid() : account.gid();
    try (RunDirectory _ = RunDirectory.lock(environment.runDirectory(), account, directoryGroup)) {
      Privileges privileges = actAs(account);
      lockMemory();
      serve(account, privileges);
    }
  }

  private Privileges actAs(Account account) throws IOException {
    boolean root = Account.current().uid() == Account.ROOT.uid();
    if (!environment.privileged() || !root || account.uid() == Account.ROOT.uid()) {
      return Privileges.asWeAre();
    }
    Privileges privileges = Privileges.actAs(account);
    ClassPath.requireReadable(account);
    return privileges;
  }

  private void lockMemory() {
    if (options.mlockLevel() > 0) {
      switch (MemoryLock.lock()) {
        case MemoryLock.Result.Locked(String words) -> log.debug(words);
        case MemoryLock.Result.NotLocked(int _, String words) -> log.warn(words);
      }
    }
    if (options.highPriority()) {
      HostLimits.highPriority(REALTIME_PRIORITY).forEach(log::warn);
    }
  }

  private void serve(Account account, Privileges privileges) throws IOException {
    LinuxPorts ports = new LinuxPorts(this::taskFailed, privileges);
    try (UnixSockets sockets = new UnixSockets()) {
      Restart restart =
          Restart.begin(
              environment.runDirectory().resolve(JOURNAL),
              options.grace(),
              ports.tasks(),
              ports.clock(),
              ports.processes(),
              log::error);
      Watchdog watchdog = restart.gate(Watchdogs.of(options, sockets, ports, log));
      LeaseManager manager = ports.engine(engineConfig(), watchdog, restart.journal());
      restart.journal().follow(manager);
      restart.journal().refresh();
      restart.beat();
      manager.addListener(new LogListener(log));
      EventLog events = new EventLog(ports.clock(), log::say);
      manager.addListener(events);
      DaemonContext context =
          new DaemonContext(
              options,
              environment,
              account,
              manager,
              ports,
              watchdog,
              sockets,
              log,
              events,
              ended::countDown);
      try {
        openDoors(context);
        Signals.handle(number -> signalled(manager, number), log::error);
        ready(manager);
        await();
      } finally {
        tellService(service.stopping());
        closeDoors();
      }
    }
    log.info("ended");
  }

  private EngineConfig engineConfig() {
    EngineConfig config =
        EngineConfig.of(OwnName.of(options.hostName()))
            .withNodeName(HostName.current())
            .withIoTimeout(options.ioTimeout())
            .withWatchdog(options.watchdogFireTimeout(), options.grace())
            .withSetBitmapSeconds(options.setBitmapSeconds())
            .withRenewalHistorySize(options.renewalHistorySize())
            .withFormatIoTimeout(options.writeInitIoTimeout())
            .withSharedRetries(options.sharedRetries())
            .withZone(ZoneId.systemDefault());
    return options.renewalReadExtend().isPresent()
        ? config.withRenewalReadExtend(options.renewalReadExtend().getAsInt())
        : config;
  }

  private void openDoors(DaemonContext context) throws IOException {
    for (Door.Maker maker : makers) {
      Door door = maker.make(context);
      open.push(door);
      door.start();
      log.debug("the door " + door.name() + " is open");
    }
  }

  private void closeDoors() {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  private void ready(LeaseManager manager) {
    List<String> names = new ArrayList<>();
    open.descendingIterator().forEachRemaining(door -> names.add(door.name()));
    String doors = String.join(", ", names);
    log.info(
        "ready as "
            + manager.config().hostName()
            + " at "
            + environment.runDirectory()
            + ", doors: "
            + doors);
    tellService(service.ready("serving " + doors));
    whenReady.run();
  }

  private void tellService(Optional<String> failure) {
    failure.ifPresent(log::warn);
  }

  private void signalled(LeaseManager manager, int number) {
    List.copyOf(open).forEach(Door::retire);
    try {
      manager.shutdown(false);
      log.info("signal " + number + ": ending");
      ended.countDown();
    } catch (LeaseException e) {
      log.warn(
          "signal "
              + number
              + ": not ended, lockspaces are joined: "
              + String.join(
                  ", ",
                  manager.lockspaces().stream().map(v -> v.spec().name().toString()).toList()));
    }
  }

  private void await() {
    while (true) {
      try {
        ended.await();
        return;
      } catch (InterruptedException e) {
        // Nobody does that, and it would be no reason to end.
      }
    }
  }

  /** A task that ends by an exception is a fault of leasehold: nobody may miss it. */
  private void taskFailed(String task, Throwable failure) {
    log.error("internal error in the task " + task + ": " + failure);
    for (StackTraceElement frame : failure.getStackTrace()) {
      log.debug("  at " + frame);
    }
  }
}
