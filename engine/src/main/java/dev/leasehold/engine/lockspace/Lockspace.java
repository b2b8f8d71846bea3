// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.LockspaceState;
import dev.leasehold.engine.LockspaceUse;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.LossReason;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.spi.StopSwitch;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import java.util.Optional;

/**
 * One lockspace of this host from the request to join it until nothing of it is left
 * (docs/spec/algorithms.md 4.2). Its state changes only through {@link LockspaceTable}, so that the
 * three lists and the states agree. Thread-safe.
 */
final class Lockspace {

  private final LockspaceSpec spec;
  private final JoinOptions options;
  private final Timing timing;
  private final StopSwitch stop;
  private final Tasks.Signal changed;

  private LockspaceState state = LockspaceState.ADDING;
  private boolean over;
  private Optional<LeaseException> joinFailure = Optional.empty();
  private Optional<LossReason> leaving = Optional.empty();
  private Optional<HostStatusTable> seenHosts = Optional.empty();
  private Optional<Membership> membership = Optional.empty();
  private Optional<Geometry> geometry = Optional.empty();
  private boolean killing;
  private boolean used;
  private boolean usedByOrphans;

  Lockspace(LockspaceSpec spec, JoinOptions options, Services services) {
    this.spec = spec;
    this.options = options;
    int seconds = options.ioTimeout() == 0 ? services.config().ioTimeout() : options.ioTimeout();
    this.timing = new Timing(seconds, services.config().watchdogFireTimeout());
    this.stop = new StopSwitch(services.clock(), services.tasks());
    this.changed = services.tasks().newSignal();
  }

  LockspaceSpec spec() {
    return spec;
  }

  JoinOptions options() {
    return options;
  }

  Timing timing() {
    return timing;
  }

  /** Calls off the waits of the task that joins and renews. */
  StopSwitch stop() {
    return stop;
  }

  /** Raised at every change of state, and to have the check task look now. */
  Tasks.Signal changed() {
    return changed;
  }

  synchronized LockspaceState state() {
    return state;
  }

  /** It failed to be joined, or was left; at most a late write keeps it on a list. */
  synchronized boolean over() {
    return over;
  }

  /** Why it could not be joined. */
  synchronized Optional<LeaseException> joinFailure() {
    return joinFailure;
  }

  /** Set once its host lease was acquired. */
  synchronized Optional<Membership> membership() {
    return membership;
  }

  /** What was seen of the hosts so far, also during the join. */
  synchronized Optional<HostStatusTable> seenHosts() {
    return seenHosts;
  }

  synchronized void setSeenHosts(HostStatusTable table, Geometry sizes) {
    seenHosts = Optional.of(table);
    geometry = Optional.of(sizes);
  }

  /** Whether somebody asked to leave it, and why. */
  synchronized Optional<LossReason> leaving() {
    return leaving;
  }

  /** For the table: asks to leave it; only the first reason counts. */
  void leave(LossReason reason) {
    boolean callOff;
    synchronized (this) {
      leaving = Optional.of(leaving.orElse(reason));
      callOff = state == LockspaceState.ADDING;
    }
    if (callOff) {
      stop.callOff();
    }
    changed.raise();
  }

  /** For the table: joined, unless somebody asked to leave meanwhile. */
  synchronized boolean becomeJoined(Membership joined) {
    if (leaving.isPresent()) {
      return false;
    }
    membership = Optional.of(joined);
    state = LockspaceState.JOINED;
    return true;
  }

  /** For the table: nobody uses it any more. */
  synchronized void becomeRemoving() {
    state = LockspaceState.REMOVING;
  }

  /** For the table: over, but on the removing list for as long as a write may still land. */
  synchronized void becomeSettling(Optional<LeaseException> failure) {
    state = LockspaceState.REMOVING;
    becomeEnded(failure);
  }

  /** For the table: over. */
  synchronized void becomeEnded(Optional<LeaseException> failure) {
    over = true;
    joinFailure = failure;
  }

  synchronized void setKilling() {
    killing = true;
  }

  /**
   * Sets or clears a use flag.
   *
   * @throws LeaseException ENOSPC for a "used" form on a dead lockspace
   */
  void setUse(LockspaceUse use) throws LeaseException {
    boolean dead = membership().map(joined -> !joined.usable()).orElse(true);
    synchronized (this) {
      if (dead && (use == LockspaceUse.USED || use == LockspaceUse.USED_BY_ORPHANS)) {
        throw new LeaseException(
            ErrorCode.ENOSPC, "lockspace " + spec.name() + " is failing or being removed");
      }
      switch (use) {
        case USED -> used = true;
        case UNUSED -> used = false;
        case USED_BY_ORPHANS -> usedByOrphans = true;
        case UNUSED_BY_ORPHANS -> usedByOrphans = false;
      }
    }
    changed.raise();
  }

  synchronized boolean used() {
    return used;
  }

  synchronized boolean usedByOrphans() {
    return usedByOrphans;
  }

  /** It at this moment. */
  LockspaceView view() {
    Optional<HostLease> lease = membership().map(Membership::lease);
    boolean dead = lease.map(held -> held.check().isPresent()).orElse(false);
    Duration remaining = lease.map(HostLease::remaining).orElse(Duration.ZERO);
    synchronized (this) {
      return new LockspaceView(
          spec,
          state,
          membership.map(joined -> joined.member().generation()).orElse(0L),
          timing.ioTimeout(),
          geometry,
          dead || leaving.isPresent(),
          killing,
          used,
          usedByOrphans,
          lease.flatMap(HostLease::corrupted).map(LeaseException::code),
          lease.map(held -> held.hold().timestamp()).orElse(0L),
          lease.map(HostLease::lastAttempt).orElse(0L),
          lease.flatMap(HostLease::lastFailure).map(LeaseException::code),
          remaining);
    }
  }
}
