// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.lease.PaxosAcquire.Won;
import dev.leasehold.lease.PaxosRelease.LeaderPart;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.ModeBlock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Changing the mode of a lease without letting go of it (docs/spec/algorithms.md 3.8). What is held
 * afterwards is asked with {@link #hold}, also after a failure.
 */
final class Conversion {
  private final DiskSet disks;
  private final LeaseEnvironment env;
  private final Undo undo;
  private final ModeBlock shared;
  private PaxosHold hold;

  Conversion(DiskSet disks, LeaseEnvironment env, PaxosHold hold) {
    this.disks = disks;
    this.env = env;
    this.undo = new Undo(disks, env);
    this.shared = ModeBlock.shared(env.member().generation());
    this.hold = hold;
  }

  /**
   * What is held now. A shared lease whose leader record is not free may still be named ours there:
   * its release has to look.
   */
  PaxosHold hold() {
    return hold;
  }

  // --- shared to exclusive ---------------------------------------------------------------------

  void toExclusive(AcquireTerms terms, Pause pause, OwnerWait.Listener listener)
      throws AcquireException {
    Footprint footprint = new Footprint(env.member());
    Won won;
    try {
      won = new PaxosAcquire(disks, env, terms, shared, footprint, pause, listener).run();
    } catch (LeaseException e) {
      throw stillShared(footprint, undo.core(e, footprint, shared));
    }
    List<Long> living;
    try {
      living = new SharedHolders(disks, env).living(won.sharers());
    } catch (LeaseException e) {
      throw backToShared(won, e);
    }
    if (!living.isEmpty()) {
      throw backToShared(won, Taking.sharedBy(living, won.leader(), disks));
    }
    hold = held(HoldMode.EXCLUSIVE, won.leader(), won.dblock(), won.maxMbal());
    clearOwnMode(won.dblock());
  }

  private AcquireException stillShared(Footprint footprint, AcquireException failure) {
    boolean open = failure.retract().isPresent();
    hold =
        held(
            HoldMode.SHARED,
            open ? asOwned(hold.leader()) : hold.leader(),
            footprint.wroteOwn() ? footprint.own() : hold.dblock(),
            hold.maxMbal());
    return failure;
  }

  /** We own it, but may not: the leader is freed, our sector stays as it is, we share again. */
  private AcquireException backToShared(Won won, LeaseException cause) {
    hold = held(HoldMode.SHARED, Taking.asFreed(won.leader(), env), won.dblock(), won.maxMbal());
    PaxosRelease release = PaxosRelease.ofLeader(disks, env, won.leader());
    AcquireException failure = undo.with(cause, release);
    if (release.skipped()) {
      // Another host wrote the leader for us, and we must not: then RELEASED must say that the
      // lease is not ours alone (8, item 11).
      failure =
          undo.with(
              cause,
              PaxosRelease.of(
                  disks, env, won.dblock(), shared, new LeaderPart.Leave(), ReleaseTerms.PLAIN));
    }
    if (failure.retract().isPresent()) {
      hold = held(HoldMode.SHARED, won.leader(), won.dblock(), won.maxMbal());
    }
    return failure;
  }

  /** Exclusive already; a mode block that stays does no harm as long as the leader names us. */
  private void clearOwnMode(Dblock dblock) {
    HostSector own = new HostSector(dblock, ModeBlock.NONE);
    try {
      for (LeaseException fault : disks.writeHostSector(env.member().hostId(), own).faults()) {
        env.log().note("own shared mode not cleared: " + fault.getMessage());
      }
    } catch (NotValidException e) {
      env.log().note("own shared mode not cleared: " + e.getMessage());
    }
  }

  // --- exclusive to shared ---------------------------------------------------------------------

  void toShared(Optional<byte[]> lvb, Pause pause) throws AcquireException {
    PaxosHold exclusive = hold;
    // From the first write on others may share the lease, whatever we get to know of it.
    hold = held(HoldMode.SHARED, exclusive.leader(), exclusive.dblock(), exclusive.maxMbal());
    PaxosRelease release =
        PaxosRelease.of(
            disks,
            env,
            exclusive.dblock(),
            shared,
            new LeaderPart.Free(exclusive.leader()),
            new ReleaseTerms(lvb, Optional.empty()));
    runPatiently(release, pause);
    hold =
        held(
            HoldMode.SHARED,
            release.freed().orElseGet(() -> Taking.asFreed(exclusive.leader(), env)),
            exclusive.dblock().released(),
            exclusive.maxMbal());
  }

  /** Up to N more times after a time-out, after 1, 2, 3 … seconds. */
  private void runPatiently(PaxosRelease release, Pause pause) throws AcquireException {
    for (int tries = 1; ; tries++) {
      try {
        release.run();
        return;
      } catch (LeaseException e) {
        boolean again = e.code() == ErrorCode.AIO_TIMEOUT && tries <= env.timing().ioTimeout();
        if (!again || pause.calledOff() || !pause.sleep(Duration.ofSeconds(tries))) {
          throw undo.nothing(e);
        }
      }
    }
  }

  // --- common ----------------------------------------------------------------------------------

  private PaxosHold held(HoldMode mode, LeaderRecord leader, Dblock dblock, long maxMbal) {
    return new PaxosHold(mode, leader, dblock, disks.geometry(), maxMbal);
  }

  /** Marks that the leader record may name us. */
  private LeaderRecord asOwned(LeaderRecord leader) {
    return leader.isFree()
        ? leader.toBuilder().timestamp(Math.max(1, env.clock().monotonicSeconds())).build()
        : leader;
  }
}
