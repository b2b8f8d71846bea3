// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.lease.PaxosAcquire.Won;
import dev.leasehold.lease.PaxosRelease.LeaderPart;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.ModeBlock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An acquisition as a whole: the core, and then what makes an exclusive or a shared lease of it
 * (docs/spec/algorithms.md 3.7).
 */
final class Taking {
  private static final Duration FIRST_WAIT = Duration.ofMillis(20);

  private final DiskSet disks;
  private final LeaseEnvironment env;
  private final Pause pause;
  private final OwnerWait.Listener listener;
  private final Undo undo;

  Taking(DiskSet disks, LeaseEnvironment env, Pause pause, OwnerWait.Listener listener) {
    this.disks = disks;
    this.env = env;
    this.pause = pause;
    this.listener = listener;
    this.undo = new Undo(disks, env);
  }

  PaxosHold take(AcquireTerms terms) throws AcquireException {
    PaxosHold taken =
        switch (terms.mode()) {
          case EXCLUSIVE -> exclusive(core(terms));
          case SHARED -> shared(terms);
        };
    try {
      env.validity().ensureValid();
    } catch (LeaseException e) {
      // Too late to take anything back: the leases of this host are void as a whole.
      throw undo.nothing(e);
    }
    return taken;
  }

  private Won core(AcquireTerms terms) throws AcquireException {
    Footprint footprint = new Footprint(env.member());
    try {
      return new PaxosAcquire(disks, env, terms, ModeBlock.NONE, footprint, pause, listener).run();
    } catch (LeaseException e) {
      throw undo.core(e, footprint, ModeBlock.NONE);
    }
  }

  // --- exclusive -------------------------------------------------------------------------------

  private PaxosHold exclusive(Won won) throws AcquireException {
    try {
      List<Long> living = new SharedHolders(disks, env).living(won.sharers());
      if (!living.isEmpty()) {
        throw sharedBy(living, won.leader(), disks);
      }
    } catch (LeaseException e) {
      throw undo.with(e, release(won, ModeBlock.NONE, new LeaderPart.Free(won.leader())));
    }
    return new PaxosHold(
        HoldMode.EXCLUSIVE, won.leader(), won.dblock(), disks.geometry(), won.maxMbal());
  }

  /** Others hold it shared and live. */
  static AcquireException sharedBy(List<Long> living, LeaderRecord leader, DiskSet disks) {
    return new AcquireException(
        ErrorCode.EAGAIN,
        disks.name() + ": it is held shared by hosts that may be alive: " + living,
        Optional.of(leader),
        Optional.empty());
  }

  // --- shared ----------------------------------------------------------------------------------

  /** Several tries, because every other shared acquisition is an exclusive owner for a moment. */
  private PaxosHold shared(AcquireTerms terms) throws AcquireException {
    BackOff backOff = new BackOff(env.random(), FIRST_WAIT);
    int retries = 0;
    AcquireTerms current = terms;
    while (true) {
      try {
        return share(core(current));
      } catch (AcquireException e) {
        if (!mayBeMomentary(e)) {
          throw e;
        }
        if (retries == terms.sharedRetries()) {
          throw isMomentary(e) ? retriesUsedUp(e) : e;
        }
        retries++;
        if (pause.calledOff() || !pause.sleep(backOff.next(0))) {
          throw e;
        }
      }
      current = current.forgetting();
    }
  }

  /** A lost ballot says nothing of how long the winner will stay (8, item 17): look again. */
  private static boolean mayBeMomentary(AcquireException e) {
    return e.retract().isEmpty()
        && switch (e.code()) {
          case ACQUIRE_OWNED, ACQUIRE_OTHER -> true;
          case ACQUIRE_IDLIVE -> isMomentary(e) || isWrittenForAnother(e);
          default -> false;
        };
  }

  private static boolean isMomentary(AcquireException e) {
    return e.leader()
        .filter(leader -> leader.isFree() || leader.hasFlag(LeaderRecord.SHORT_HOLD))
        .isPresent();
  }

  /** Who commits another host's value does not know whether that host only wants to share it. */
  private static boolean isWrittenForAnother(AcquireException e) {
    return e.leader().filter(leader -> leader.writeId() != leader.ownerId()).isPresent();
  }

  private AcquireException retriesUsedUp(AcquireException last) {
    return new AcquireException(
        ErrorCode.ACQUIRE_SHRETRY,
        disks.name() + ": other hosts kept taking it for a moment",
        last.leader(),
        Optional.empty());
  }

  private PaxosHold share(Won won) throws AcquireException {
    ModeBlock shared = ModeBlock.shared(env.member().generation());
    PaxosRelease release = release(won, shared, new LeaderPart.Free(won.leader()));
    try {
      release.run();
    } catch (LeaseException e) {
      throw undo.with(e, release(won, ModeBlock.NONE, new LeaderPart.Retract()));
    }
    return sharedHold(won, release, disks, env);
  }

  private PaxosRelease release(Won won, ModeBlock mode, LeaderPart leaderPart) {
    return PaxosRelease.of(disks, env, won.dblock(), mode, leaderPart, ReleaseTerms.PLAIN);
  }

  /** Held shared from now on, the leader record done with. */
  static PaxosHold sharedHold(Won won, PaxosRelease release, DiskSet disks, LeaseEnvironment env) {
    return new PaxosHold(
        HoldMode.SHARED,
        release.freed().orElseGet(() -> asFreed(won.leader(), env)),
        won.dblock().released(),
        disks.geometry(),
        won.maxMbal());
  }

  /** A record that another host wrote for us, as it would be if we had freed it. */
  static LeaderRecord asFreed(LeaderRecord leader, LeaseEnvironment env) {
    return leader.paxosReleased(
        env.member().hostId(),
        env.member().generation(),
        env.clock().monotonicSeconds(),
        Optional.empty());
  }
}
