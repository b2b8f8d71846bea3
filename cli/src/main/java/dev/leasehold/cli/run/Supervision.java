// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Faults;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.local.HostRecords;
import dev.leasehold.cli.local.Journal;
import dev.leasehold.cli.local.Reaper;
import dev.leasehold.cli.local.RunEntry;
import dev.leasehold.cli.local.RunRecord.Phase;
import dev.leasehold.daemon.Signals;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.lease.Clock;
import dev.leasehold.linux.HostName;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.StorageException;
import java.time.Duration;
import java.util.Optional;

/**
 * The part of a run during which the engine works: joins, takes the leases, lets the command start,
 * waits for its end, gives everything back.
 */
final class Supervision {
  private static final Name LOCKSPACE = Name.of(LeaseDirectory.LOCKSPACE);

  private final RunOptions options;
  private final Terminal terminal;
  private final Announcer announcer;
  private final RunEntry entry;
  private final Reaper reaper;
  private final HostRecords records;
  private final RunningCommand command;
  private final LeaseManager manager;
  private final LossWatch losses;
  private final Clock clock = HostPorts.clock();
  private final Interruption interruption = new Interruption();

  private Supervision(
      RunOptions options,
      Terminal terminal,
      Announcer announcer,
      RunEntry entry,
      Reaper reaper,
      HostRecords records,
      RunningCommand command,
      LeaseManager manager) {
    this.options = options;
    this.terminal = terminal;
    this.announcer = announcer;
    this.entry = entry;
    this.reaper = reaper;
    this.records = records;
    this.command = command;
    this.manager = manager;
    this.losses =
        new LossWatch(
            announcer,
            () -> tellGuard(manager, command, HostPorts.clock()),
            () -> command.endForLoss(Duration.ofSeconds(options.grace())));
  }

  /** Runs the command under leases; its exit code, or one of {@link ExitCode}. */
  static int run(
      RunOptions options,
      Terminal terminal,
      Journal journal,
      RunEntry entry,
      Reaper reaper,
      HostRecords records)
      throws Failure {
    String owner = entry.run().owner();
    EngineConfig config =
        EngineConfig.of(Name.ofOwner(owner))
            .withNodeName(HostName.current())
            .withIoTimeout(options.ioTimeout())
            .withWatchdog(options.watchdogFire(), options.grace());
    try (Announcer announcer = new Announcer(terminal);
        RunningCommand command =
            RunningCommand.start(
                owner,
                options.command(),
                journal.gatePath(owner),
                ReapCommand.commandLine(options.directory()),
                announcer,
                HostPorts.clock(),
                HostPorts.processes())) {
      entry.change(run -> run.running(command.id()));
      LeaseManager manager = HostPorts.engine(config);
      return new Supervision(options, terminal, announcer, entry, reaper, records, command, manager)
          .supervise();
    }
  }

  private int supervise() throws Failure {
    Signals.handle(interruption::signal);
    manager.addListener(losses);
    try {
      join();
      takeLeases();
      interruption.start(this::start, command::pass);
      return finish(command.awaitEnd());
    } catch (Interrupted e) {
      return ExitCode.SIGNALLED + e.signal();
    } finally {
      giveBack();
    }
  }

  private void join() throws Failure, Interrupted {
    HostIds ids = new HostIds(options.directory(), HostPorts.storage(), entry);
    LockspaceView view = new Joiner(options, manager, ids, interruption, terminal, clock).join();
    entry.change(run -> run.joined(view.spec().hostId(), view.generation(), Phase.ACQUIRING));
    tellGuard(manager, command, clock);
  }

  private void takeLeases() throws Failure, Interrupted {
    interruption.abortWith(manager::stop);
    HolderId holder;
    try {
      // As a connection: what the command leaves behind keeps the leases held too.
      holder =
          manager.register(
              command.id().pid(), Lifetime.CONNECTION, HolderLabel.command(options.commandLine()));
    } catch (LeaseException e) {
      interruption.check();
      throw Faults.of("the command", e);
    }
    Optional<Refusal> refusal =
        new LeaseTaking(options, manager, reaper, terminal, clock).take(holder);
    interruption.check();
    if (refusal.isPresent()) {
      throw LeaseTaking.failure(refusal.get());
    }
    entry.change(run -> run.holding(clock.wallTime().getEpochSecond()));
  }

  private static void tellGuard(LeaseManager manager, RunningCommand command, Clock clock) {
    long now = clock.bootNanos();
    manager
        .lockspace(LOCKSPACE)
        .ifPresent(view -> command.leasesGoodUntil(now + view.remaining().toNanos()));
  }

  /** The last check before the command touches a disk: this process may have been paused. */
  private void start() throws Failure {
    tellGuard(manager, command, clock);
    if (!leasesAreGood()) {
      throw new Failure(ExitCode.LEASE_LOST, "the leases were lost before the command was started");
    }
    command.open();
  }

  private boolean leasesAreGood() {
    try {
      manager.ensureValid(LOCKSPACE);
      return losses.lost().isEmpty();
    } catch (LeaseException e) {
      return false;
    }
  }

  private int finish(int code) {
    command.awaitLeftovers();
    if (leasesAreGood()) {
      return code;
    }
    announcer.say(
        "the command was ended because its leases were lost"
            + losses.lost().map(why -> ": " + why).orElse("")
            + "\nFind out why the storage could not be reached, then start it again.");
    return ExitCode.LEASE_LOST.number();
  }

  /**
   * Leaves nothing on the disk, if that can be done; if not, the next run of this machine tries.
   * Whatever has brought us here, a command that was started keeps its leases for as long as it or
   * anything that it has started may live.
   */
  private void giveBack() {
    if (command.wasOpened()) {
      command.awaitLeftovers();
    }
    boolean wasJoining = entry.run().phase() == Phase.JOINING;
    try {
      if (!wasJoining) {
        entry.change(run -> run.in(Phase.RELEASING));
      }
    } catch (Failure e) {
      announcer.say(e.words());
    }
    if (!close()) {
      announcer.say(
          "the storage does not answer, so the leases are not given back: they are free for others"
              + " when the time for a dead host has passed");
      return;
    }
    if (wasJoining) {
      giveBackClaim();
    }
    forget();
  }

  /**
   * Closes the engine, but does not wait longer than its transfers may take: on storage that hangs
   * it would never return. Then the process ends all the same, as far as the kernel lets it.
   */
  private boolean close() {
    Thread closer = Thread.ofPlatform().daemon().name("close").start(manager::close);
    try {
      return closer.join(Duration.ofSeconds(5L * options.ioTimeout() + 5));
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void forget() {
    try {
      if (losses.lost().isEmpty() && records.isClean(entry.run())) {
        entry.remove();
      }
    } catch (Failure e) {
      announcer.say(e.words());
    }
  }

  /** A join that was called off leaves its record as it is (docs/spec/algorithms.md 2.2). */
  private void giveBackClaim() {
    try {
      records.giveBack(entry.run());
    } catch (LeaseException | StorageException e) {
      // It stays in the journal, and on the disk until the time for a dead host has passed.
    }
  }
}
