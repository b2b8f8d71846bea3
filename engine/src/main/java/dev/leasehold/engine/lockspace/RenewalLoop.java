// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.HostView;
import dev.leasehold.engine.ReceivedEvent;
import dev.leasehold.engine.port.Watchdog.WatchdogException;
import dev.leasehold.engine.spi.HolderSupervision;
import dev.leasehold.lease.DeltaHold;
import dev.leasehold.lease.DeltaLease;
import dev.leasehold.lease.RenewalResult;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * Renews one host lease until told to stop (docs/spec/algorithms.md 2.3): 2N and half a second
 * after a success, half a second after a failure. It goes on while holders are being killed,
 * because a renewed record keeps other hosts away from their leases.
 */
final class RenewalLoop {

  /** Between the end of 2N, or a failure, and the next attempt. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final Lockspace lockspace;
  private final Membership membership;
  private final DeltaLease delta;
  private final WatchdogGuard watchdog;
  private final Services services;
  private final HolderSupervision holders;
  private final HostLease lease;
  private final Timing timing;

  RenewalLoop(
      Lockspace lockspace,
      Membership membership,
      DeltaLease delta,
      WatchdogGuard watchdog,
      Services services,
      HolderSupervision holders) {
    this.lockspace = lockspace;
    this.membership = membership;
    this.delta = delta;
    this.watchdog = watchdog;
    this.services = services;
    this.holders = holders;
    this.lease = membership.lease();
    this.timing = lockspace.timing();
  }

  void run() {
    while (awaitDue()) {
      // A pause may have ended just now: the first thing is to see whether the lease still holds.
      lease.check();
      attempt();
    }
  }

  private boolean awaitDue() {
    long due = lease.hold().bootNanos() + timing.renewal().toNanos();
    long wait = Math.max(0, due - services.clock().bootNanos()) + PAUSE.toNanos();
    return lockspace.stop().sleep(Duration.ofNanos(wait));
  }

  private void attempt() {
    lease.attempting();
    long now = services.clock().bootNanos();
    try {
      take(
          delta.renew(
              membership.notices().event(), membership.notices().bitmap(now), this::observe));
    } catch (RuntimeException e) {
      // A fault of ours must not end the renewals: while it lasts it counts as a failed attempt.
      failed(new LeaseException(ErrorCode.EPERM, "internal fault: " + e, e), false);
    }
  }

  private void take(RenewalResult result) {
    switch (result) {
      case RenewalResult.Renewed renewed -> {
        lease.renewed(renewed.hold(), renewed.late());
        membership
            .history()
            .succeeded(
                renewed.hold().timestamp(),
                Duration.ofMillis(renewed.readMillis()),
                Duration.ofMillis(renewed.writeMillis()));
        feedWatchdog(renewed.hold());
        services
            .events()
            .tell(listener -> listener.renewed(membership.name(), renewed.hold().timestamp()));
        // The check task has a new deadline to wait for.
        lockspace.changed().raise();
      }
      case RenewalResult.Failed failed -> failed(failed.cause(), failed.timedOut());
      case RenewalResult.Corrupt corrupt -> {
        membership.history().failed(false);
        lease.corrupted(corrupt.cause());
        tellFailure(corrupt.cause());
      }
      case RenewalResult.Expired expired -> {
        membership.history().failed(false);
        lease.expired();
      }
    }
  }

  private void failed(LeaseException cause, boolean timedOut) {
    membership.history().failed(timedOut);
    lease.failed(cause);
    tellFailure(cause);
  }

  private void tellFailure(LeaseException cause) {
    Duration remaining = lease.remaining();
    services.events().tell(listener -> listener.renewalFailed(membership.name(), cause, remaining));
  }

  private void feedWatchdog(DeltaHold hold) {
    if (lease.tooLateForWatchdog()) {
      return;
    }
    try {
      watchdog.live(hold.timestamp(), hold.timestamp() + timing.renewalFail().toSeconds());
    } catch (WatchdogException e) {
      services.note(
          "the watchdog did not take a renewal of " + membership.name() + ": " + e.getMessage());
    }
  }

  private void observe(MemorySegment area, long started, long ended) {
    HostStatusTable.Look look = membership.table().look(area, started, ended);
    for (HostView host : look.changed()) {
      services.events().tell(listener -> listener.hostChanged(membership.name(), host));
    }
    if (membership.dead()) {
      return;
    }
    for (ReceivedEvent event : look.events()) {
      int dropped = membership.events().deliver(event);
      if (dropped > 0) {
        services.note(
            dropped + " event subscribers of " + membership.name() + " do not read: dropped");
      }
    }
    if (look.examine()) {
      holders.examineAll(membership);
    }
  }
}
