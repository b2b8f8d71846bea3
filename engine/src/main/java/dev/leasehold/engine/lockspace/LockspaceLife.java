// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.port.Watchdog.WatchdogException;
import dev.leasehold.engine.spi.HolderSupervision;
import dev.leasehold.lease.AreaObserver;
import dev.leasehold.lease.DeltaHold;
import dev.leasehold.lease.DeltaLease;
import dev.leasehold.lease.DeltaRecords;
import dev.leasehold.lease.LeaseArea;
import dev.leasehold.lease.ReacquirePolicy;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.BlockStore;
import java.time.Duration;
import java.util.Optional;

/**
 * The task of one lockspace: joins, renews until told to stop, gives the host id back
 * (docs/spec/algorithms.md 4.2, 2.2 to 2.4). Whether the lockspace is lost is judged by {@link
 * LockspaceCheck} on a task of its own, so that a transfer which hangs here delays nothing there.
 */
final class LockspaceLife {

  private final Lockspace lockspace;
  private final LockspaceTable table;
  private final Services services;
  private final HolderSupervision holders;
  private final AreaOpener opener;
  private final LockspaceSpec spec;
  private final Timing timing;

  LockspaceLife(
      Lockspace lockspace,
      LockspaceTable table,
      Services services,
      HolderSupervision holders,
      AreaOpener opener) {
    this.lockspace = lockspace;
    this.table = table;
    this.services = services;
    this.holders = holders;
    this.opener = opener;
    this.spec = lockspace.spec();
    this.timing = lockspace.timing();
  }

  /** The whole life. Ends with the lockspace off every list. */
  void run() {
    try (BlockStore store = opener.open(spec.path(), timing.io())) {
      Optional<LeaseException> failure = tryToLive(store);
      if (failure.isEmpty()) {
        services.events().tell(listener -> listener.gone(spec.name()));
      }
      failure.ifPresent(this::tellFailure);
      settle(store, failure);
      table.toEnded(lockspace, failure);
    } catch (LeaseException e) {
      tellFailure(e);
      table.toEnded(lockspace, Optional.of(e));
    } catch (RuntimeException e) {
      table.toEnded(lockspace, Optional.of(internalFault(e)));
    }
  }

  /** Only a join can fail with one of these; a joined lockspace ends by being lost or left. */
  private void tellFailure(LeaseException why) {
    services.events().tell(listener -> listener.joinFailed(spec, why));
  }

  private static LeaseException internalFault(RuntimeException e) {
    return new LeaseException(ErrorCode.EPERM, "internal fault: " + e, e);
  }

  private Optional<LeaseException> tryToLive(BlockStore store) {
    try {
      live(store);
      return Optional.empty();
    } catch (LeaseException e) {
      return Optional.of(e);
    } catch (RuntimeException e) {
      return Optional.of(internalFault(e));
    }
  }

  // Whoever waits for the end of the join or of the removal gets the answer now. But the lockspace
  // stays on the removing list until no write to our record is in flight any more, however long
  // that takes: landing after the next join, it would set the record back to an older generation,
  // and the join after that would use a generation for the second time.
  private void settle(BlockStore store, Optional<LeaseException> failure) {
    if (store.unsettledWrites() == 0) {
      return;
    }
    table.toSettling(lockspace, failure);
    services.note(spec + " cannot be joined again before a write to " + spec.path() + " has ended");
    while (store.unsettledWrites() > 0) {
      store.awaitWritesSettled(timing.renewal());
    }
  }

  private void live(BlockStore store) throws LeaseException {
    Geometry geometry = DeltaRecords.probe(store, spec.offset(), spec.hostId(), timing.io());
    HostStatusTable seen =
        new HostStatusTable(
            geometry,
            spec.name(),
            spec.hostId(),
            timing,
            Membership.tellFor(services, timing).toNanos());
    lockspace.setSeenHosts(seen, geometry);
    LeaseArea area = new LeaseArea(store, spec.offset(), geometry);
    WatchdogGuard watchdog = connectWatchdog();
    try {
      DeltaLease delta = deltaLease(area);
      Membership membership = join(delta, area, seen, watchdog);
      new RenewalLoop(lockspace, membership, delta, watchdog, services, holders).run();
      leave(membership, delta);
    } finally {
      watchdog.close();
    }
  }

  private WatchdogGuard connectWatchdog() throws LeaseException {
    String name = "sanlock_" + spec.name() + ":" + spec.hostId();
    try {
      return new WatchdogGuard(services.ports().watchdog().open(name));
    } catch (WatchdogException e) {
      throw watchdogFault(e);
    }
  }

  private static LeaseException watchdogFault(WatchdogException e) {
    return new LeaseException(ErrorCode.WD_ERROR, String.valueOf(e.getMessage()), e);
  }

  private DeltaLease deltaLease(LeaseArea area) throws LeaseException {
    int configured = services.config().renewalReadExtend().orElse(timing.ioTimeout());
    Duration extension = configured == 0 ? Duration.ofMillis(500) : Duration.ofSeconds(configured);
    return new DeltaLease(
        area,
        spec.name(),
        spec.hostId(),
        services.config().hostName(),
        timing,
        extension,
        services.clock());
  }

  private Membership join(
      DeltaLease delta, LeaseArea area, HostStatusTable seen, WatchdogGuard watchdog)
      throws LeaseException {
    // Looking at the others from the start lets a live owner be told alive right after the join.
    AreaObserver observer = (bytes, started, ended) -> seen.look(bytes, started, ended);
    DeltaHold hold = delta.acquire(policy(), lockspace.stop(), observer);
    Membership membership =
        new Membership(spec, services, area, timing, seen, hold, () -> lockspace.changed().raise());
    membership.history().succeeded(hold.timestamp(), Duration.ZERO, Duration.ZERO);
    boolean joined = false;
    try {
      watchdog.live(hold.timestamp(), hold.timestamp() + timing.renewalFail().toSeconds());
      membership.ensureValid();
      joined = table.toJoined(lockspace, membership);
    } catch (WatchdogException e) {
      throw watchdogFault(e);
    } finally {
      if (!joined) {
        undo(delta, watchdog);
      }
    }
    if (!joined) {
      throw new LeaseException(ErrorCode.EPERM, "the join of " + spec + " was called off");
    }
    LockspaceCheck check =
        new LockspaceCheck(lockspace, membership, table, watchdog, services, holders);
    services.tasks().start("check " + spec.name(), check::run);
    services.events().tell(listener -> listener.joined(lockspace.view()));
    return membership;
  }

  private ReacquirePolicy policy() {
    if (lockspace.options().previousInstanceGone()) {
      return ReacquirePolicy.VOUCHED;
    }
    return services.config().uniqueToMachine() ? ReacquirePolicy.IF_REBOOTED : ReacquirePolicy.WAIT;
  }

  // Nobody can have used the lockspace yet.
  private void undo(DeltaLease delta, WatchdogGuard watchdog) {
    try {
      watchdog.clear();
    } catch (WatchdogException e) {
      services.note("the watchdog test of " + spec + " could not be cleared: " + e.getMessage());
    }
    release(delta);
  }

  private void leave(Membership membership, DeltaLease delta) {
    if (writesHaveLanded(membership)) {
      release(delta);
    } else {
      services.note(
          "the host id in " + spec + " is not given back: a write to a lease may still land");
    }
    membership.events().close();
    holders.lockspaceGone(membership);
  }

  private boolean writesHaveLanded(Membership membership) {
    long deadline = services.clock().bootNanos() + timing.io().toNanos();
    while (holders.writesInFlight(membership)) {
      if (services.clock().bootNanos() >= deadline) {
        return false;
      }
      services.tasks().sleep(Duration.ofMillis(100));
    }
    return true;
  }

  private void release(DeltaLease delta) {
    try {
      if (!delta.release()) {
        services.note(
            "the host id in " + spec + " is not given back: its last renewal did not succeed");
      }
    } catch (LeaseException e) {
      services.note("the host id in " + spec + " may not be given back: " + e.getMessage());
    }
  }
}
