// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Faults;
import dev.leasehold.cli.Printable;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.engine.AutoHostId;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.lease.Clock;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostNames;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Joins the lockspace of the lease directory. */
final class Joiner {
  private static final Name LOCKSPACE = Name.of(LeaseDirectory.LOCKSPACE);

  private final RunOptions options;
  private final LeaseManager manager;
  private final HostIds hostIds;
  private final Interruption interruption;
  private final Terminal terminal;
  private final Clock clock;

  Joiner(
      RunOptions options,
      LeaseManager manager,
      HostIds hostIds,
      Interruption interruption,
      Terminal terminal,
      Clock clock) {
    this.options = options;
    this.manager = manager;
    this.hostIds = hostIds;
    this.interruption = interruption;
    this.terminal = terminal;
    this.clock = clock;
  }

  /** Joins with the host id that was asked for, else with one that is free. */
  LockspaceView join() throws Failure, Interrupted {
    if (options.hostId().isPresent()) {
      return joinAs(options.hostId().getAsLong());
    }
    while (true) {
      OptionalLong id = hostIds.claimFree();
      if (id.isEmpty()) {
        return joinAsAny();
      }
      try {
        return joined(tryJoin(id.getAsLong(), freeId(id.getAsLong())));
      } catch (LeaseException e) {
        interruption.check();
        if (e.code() != ErrorCode.HOSTID_BUSY) {
          throw failed(e);
        }
        hostIds.lost(id.getAsLong());
      }
    }
  }

  private LockspaceView joinAs(long id) throws Failure, Interrupted {
    hostIds.claim(id);
    LeaderRecord before = hostIds.record(id);
    try {
      return joined(tryJoin(id, before.isFree() ? freeId(id) : heldId(id, before)));
    } catch (LeaseException e) {
      interruption.check();
      if (e.code() == ErrorCode.HOSTID_BUSY) {
        throw new Failure(
            ExitCode.JOIN_FAILED,
            "host id "
                + id
                + " in "
                + options.directory().shown()
                + " is in use by host "
                + Printable.line(HostNames.shown(hostIds.record(id).resourceName()))
                + "\nGive another one, or leave --host-id out: a free one is found then.",
            e);
      }
      throw failed(e);
    }
  }

  private record Expectation(String words, long untilBootNanos) {}

  private Expectation freeId(long id) {
    Duration wait = new Timing(options.ioTimeout(), options.watchdogFire()).renewal();
    return expectation("joining " + options.directory().shown() + " as host id " + id, wait);
  }

  private Expectation heldId(long id, LeaderRecord before) {
    Timing timing = new Timing(options.ioTimeout(), options.watchdogFire());
    Duration wait = timing.hostDead(before.ioTimeout()).plus(timing.renewal());
    return expectation(
        "host id "
            + id
            + " belongs to host "
            + Printable.line(HostNames.shown(before.resourceName()))
            + ": making sure that it is gone",
        wait);
  }

  private Expectation expectation(String words, Duration wait) {
    return new Expectation(words, clock.bootNanos() + wait.toNanos());
  }

  private LockspaceView tryJoin(long id, Expectation expected) throws LeaseException, Interrupted {
    LockspaceSpec spec = new LockspaceSpec(LOCKSPACE, id, options.directory().lockspacePath(), 0);
    interruption.abortWith(() -> leave(spec));
    try (Ticker _ = Ticker.start(terminal, options.quiet(), () -> line(expected))) {
      return manager.addLockspace(spec, JoinOptions.DEFAULT.withIoTimeout(options.ioTimeout()));
    }
  }

  private Optional<String> line(Expectation expected) {
    return Optional.of(
        Clocks.secondsUntil(clock, expected.untilBootNanos()) + " s left: " + expected.words());
  }

  private void leave(LockspaceSpec spec) {
    try {
      manager.startRemoveLockspace(spec, false);
    } catch (LeaseException e) {
      // It is not there yet or not any more.
    }
  }

  /** Every id is taken: the engine waits for one whose host is gone. */
  private LockspaceView joinAsAny() throws Failure, Interrupted {
    terminal.say(
        "every host id in "
            + options.directory().shown()
            + " is taken: looking for one whose host is gone");
    interruption.abortWith(() -> leave(new LockspaceSpec(LOCKSPACE, 0, lockspacePath(), 0)));
    try {
      return joined(
          manager.addLockspace(
              LOCKSPACE,
              lockspacePath(),
              0,
              AutoHostId.ANY,
              JoinOptions.DEFAULT.withIoTimeout(options.ioTimeout())));
    } catch (LeaseException e) {
      interruption.check();
      throw failed(e);
    }
  }

  private String lockspacePath() {
    return options.directory().lockspacePath();
  }

  private LockspaceView joined(LockspaceView view) throws Interrupted {
    interruption.check();
    hostIds.joined(view.spec().hostId());
    return view;
  }

  private Failure failed(LeaseException e) {
    ExitCode code =
        Faults.exitCode(e.code()) == ExitCode.LEASE_BUSY
            ? ExitCode.JOIN_FAILED
            : Faults.exitCode(e.code());
    return new Failure(
        code,
        "lease directory "
            + options.directory().shown()
            + " cannot be joined\n"
            + Faults.words(Printable.line(lockspacePath()), e.code(), e.detail()),
        e);
  }
}
