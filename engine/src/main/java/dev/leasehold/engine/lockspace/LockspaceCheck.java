// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.JoinOptions.OnLoss;
import dev.leasehold.engine.LossReason;
import dev.leasehold.engine.port.Watchdog.WatchdogException;
import dev.leasehold.engine.spi.HolderSupervision;
import dev.leasehold.engine.spi.KillPhase;
import java.time.Duration;
import java.util.Optional;

/**
 * Watches over one joined lockspace on a task of its own, which does no I/O: whether its host lease
 * is still good, and if not, that its holders are stopped before it is let go
 * (docs/spec/algorithms.md 4.3, 4.6).
 */
final class LockspaceCheck {

  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration KILLING_TICK = Duration.ofMillis(200);

  private final Lockspace lockspace;
  private final Membership membership;
  private final LockspaceTable table;
  private final WatchdogGuard watchdog;
  private final Services services;
  private final HolderSupervision holders;
  private final HostLease lease;
  private final RiskAlarm alarm;
  private boolean announced;

  LockspaceCheck(
      Lockspace lockspace,
      Membership membership,
      LockspaceTable table,
      WatchdogGuard watchdog,
      Services services,
      HolderSupervision holders) {
    this.lockspace = lockspace;
    this.membership = membership;
    this.table = table;
    this.watchdog = watchdog;
    this.services = services;
    this.holders = holders;
    this.lease = membership.lease();
    this.alarm = new RiskAlarm(membership, services);
  }

  /** Until nobody uses the lockspace any more. */
  void run() {
    boolean over = false;
    while (!over) {
      long seen = lockspace.changed().version();
      Duration next = KILLING_TICK;
      try {
        lockspace.leaving().ifPresent(this::giveUp);
        Optional<Loss> loss = lease.check();
        over = loss.isPresent() && recover(loss.get());
        next = loss.isPresent() ? KILLING_TICK : watch();
      } catch (RuntimeException e) {
        // Supervision must outlive any fault of ours.
        services.note("internal fault in the check of " + membership.name() + ": " + e);
      }
      if (!over) {
        lockspace.changed().await(seen, next);
      }
    }
  }

  private void giveUp(LossReason reason) {
    membership.lose(
        reason,
        reason == LossReason.REMOVED ? "it is being left" : "the engine is being shut down");
  }

  /** How long to wait for the next look: not beyond the moment at which the lease runs out. */
  private Duration watch() {
    long now = services.clock().bootNanos();
    long next = Math.min(now + TICK.toNanos(), Math.min(lease.expiresAt(), alarm.look(now)));
    return Duration.ofNanos(Math.max(0, next - now));
  }

  /** One step of recovery; true when nobody uses the lockspace any more. */
  private boolean recover(Loss loss) {
    announce(loss);
    if (inUse()) {
      kill(loss);
      return false;
    }
    // In this order: the task that joined gives the host id back and closes the watchdog's
    // connection as soon as it is told to stop, so the watchdog must be disarmed by then (6.3).
    disarm();
    table.toRemoving(lockspace);
    lockspace.stop().callOff();
    return true;
  }

  private void announce(Loss loss) {
    if (!announced) {
      announced = true;
      lockspace.setKilling();
      services
          .events()
          .tell(listener -> listener.lost(membership.name(), loss.reason(), loss.words()));
      holders.lockspaceDead(membership);
    }
  }

  private boolean inUse() {
    return holders.inUse(membership)
        || lockspace.used()
        || (lockspace.usedByOrphans() && holders.hasOrphans(membership));
  }

  private void kill(Loss loss) {
    boolean tellOnly = lockspace.options().onLoss() == OnLoss.TELL_THEN_KILL;
    // Asked to leave a lockspace that was lost before: no graceful phase any more (4.6).
    boolean toLeave = lockspace.leaving().isPresent() && !tellOnly;
    if (toLeave || services.clock().bootNanos() >= graceEnds(loss, tellOnly)) {
      holders.killStep(membership, KillPhase.KILL);
    } else if (!tellOnly) {
      holders.killStep(membership, KillPhase.GRACEFUL);
    }
  }

  private long graceEnds(Loss loss, boolean tellOnly) {
    int grace = services.config().gracePeriod();
    return switch (loss.reason()) {
      case EXPIRED, CORRUPT -> lease.graceEnds(grace);
      // Whoever asks to leave wants no graceful phase (4.6); only an embedded holder, which would
      // be the caller itself, is given the time to let go.
      case REMOVED, SHUTDOWN ->
          tellOnly ? loss.atBootNanos() + Duration.ofSeconds(grace).toNanos() : loss.atBootNanos();
    };
  }

  private void disarm() {
    try {
      watchdog.clear();
    } catch (WatchdogException first) {
      services.tasks().sleep(Duration.ofMillis(500));
      try {
        watchdog.clear();
      } catch (WatchdogException second) {
        services.note(
            "the watchdog test of "
                + membership.name()
                + " could not be cleared, this host may be reset: "
                + second.getMessage());
      }
    }
  }
}
