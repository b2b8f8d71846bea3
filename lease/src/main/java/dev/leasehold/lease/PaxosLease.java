// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.lease.PaxosRelease.LeaderPart;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.ModeBlock;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.Block;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/**
 * The lease of one resource, by Disk Paxos (docs/spec/algorithms.md 3). One object per resource of
 * this host; it remembers what is held and what the last ballot left on the disk.
 *
 * <p>Every transfer has the deadline N. The caller has made sure that nobody else on this host
 * works on the same lease (3.7), and asks the lockspace once more whether it is valid before it
 * reports a lease as held. Not thread-safe: one call at a time.
 */
public final class PaxosLease {
  private final LeaseEnvironment env;
  private final DiskSet disks;
  private Optional<PaxosHold> hold = Optional.empty();
  private Optional<PendingRelease> pending = Optional.empty();
  private Optional<AcquireHint> hint = Optional.empty();

  /**
   * A lease on open disks.
   *
   * @param resource its name
   * @param disks 1 to 4 places, all with the same content; the first one alone has request record
   *     and lock value block
   * @param firstGuess sizes to assume for the first read: those of the lockspace. The leader record
   *     has the last word
   * @param env the joined lockspace
   * @throws LeaseException ERANGE unless there are 1 to 4 disks
   */
  public PaxosLease(Name resource, List<LeaseDisk> disks, Geometry firstGuess, LeaseEnvironment env)
      throws LeaseException {
    this.env = env;
    this.disks = new DiskSet(disks, resource, firstGuess, env);
  }

  /**
   * Goes on with a lease that this host holds already: one that was born held ({@link BornHeld}),
   * or one that was held before a restart of this program. Nothing is read or written.
   *
   * @throws IllegalStateException if it holds the lease already
   */
  public void adopt(PaxosHold taken) {
    requireNotHeld();
    disks.adoptGeometry(taken.geometry());
    hold = Optional.of(taken);
  }

  /**
   * Acquires the lease (3.2, 3.7). May wait until a silent owner is provably dead, up to 8No + W.
   *
   * @param pause ends every wait early when called off; the result is then EPERM (-1), as for a
   *     shutdown (3.2)
   * @param listener told who is waited for
   * @return what is held now; the caller checks the lockspace's validity before it relies on it
   * @throws AcquireException in every case that is not a success: ACQUIRE_*, EAGAIN (live shared
   *     holders, or an earlier release or retract of this object is not settled), EINVAL (terms),
   *     EPERM (called off), LEADER_*, DBLOCK_*, I/O, or what {@link ValidityCheck} threw
   * @throws IllegalStateException if it is held
   */
  public PaxosHold acquire(AcquireTerms terms, Pause pause, OwnerWait.Listener listener)
      throws AcquireException {
    requireNotHeld();
    requireSettled();
    AcquireTerms all =
        terms.hint().isPresent() ? terms : hint.map(terms::remembering).orElse(terms);
    // Whatever comes of it, what is remembered of our last release is history now.
    hint = Optional.empty();
    try {
      PaxosHold taken = new Taking(disks, env, pause, listener).take(all);
      hold = Optional.of(taken);
      return taken;
    } catch (AcquireException e) {
      pending = e.retract();
      throw e;
    }
  }

  /**
   * Begins to release what is held; nothing happens on disk before {@link PendingRelease#attempt}.
   * From now on nothing is held as far as this object is concerned.
   *
   * @throws IllegalStateException if nothing is held
   */
  public PendingRelease release(ReleaseTerms terms) {
    PaxosHold held = requireHeld();
    hold = Optional.empty();
    pending.ifPresent(PendingRelease::supersede);
    PaxosRelease release =
        PaxosRelease.of(disks, env, held.dblock(), ModeBlock.NONE, leaderPart(held), terms);
    PendingRelease begun =
        new PendingRelease(release, settled -> remember(release, held, terms, settled));
    pending = Optional.of(begun);
    return begun;
  }

  /**
   * Goes on with a release or retract of this lease that was begun on disks as they were open
   * before, and that has no write in flight there any more. Should the lease's name lead to another
   * file by now, nothing is written to it, and the attempt is given up.
   *
   * @param begun not attempted any more from now on
   * @return what takes its place
   * @throws IllegalStateException if the lease is held
   */
  public PendingRelease goOnWith(PendingRelease begun) {
    requireNotHeld();
    PendingRelease here = begun.on(disks);
    pending = Optional.of(here);
    return here;
  }

  private static LeaderPart leaderPart(PaxosHold held) {
    return switch (held.mode()) {
      case EXCLUSIVE -> new LeaderPart.Free(held.leader());
      // Not free: a conversion failed half-way, and the release erases everything (3.8).
      case SHARED -> held.leader().isFree() ? new LeaderPart.Leave() : new LeaderPart.Retract();
    };
  }

  private void remember(
      PaxosRelease release, PaxosHold held, ReleaseTerms terms, PendingRelease.Attempt settled) {
    if (settled instanceof PendingRelease.Attempt.Done && terms.rename().isEmpty()) {
      hint = release.freed().map(leader -> new AcquireHint(leader, held.maxMbal()));
    }
  }

  /**
   * Makes a shared lease exclusive (3.8). The caller has checked that no other local holder shares
   * it.
   *
   * @param ownerNoWait as {@link AcquireTerms#ownerNoWait}
   * @return what is held now
   * @throws AcquireException EALREADY if exclusive, EINVAL if not held, EAGAIN if other hosts share
   *     it and are alive, everything of {@link #acquire}. The lease is still held shared. A pending
   *     {@link AcquireException#retract} keeps it shared; a {@link #release} replaces that retract
   */
  public PaxosHold convertToExclusive(boolean ownerNoWait, Pause pause, OwnerWait.Listener listener)
      throws AcquireException {
    PaxosHold held = requireMode(HoldMode.SHARED);
    requireSettled();
    AcquireTerms terms =
        AcquireTerms.of(HoldMode.EXCLUSIVE)
            .expectingNumHosts((int) Math.min(held.leader().numHosts(), Integer.MAX_VALUE));
    Conversion conversion = new Conversion(disks, env, held);
    try {
      conversion.toExclusive(ownerNoWait ? terms.withoutWaiting() : terms, pause, listener);
    } catch (AcquireException e) {
      pending = e.retract();
      throw e;
    } finally {
      hold = Optional.of(conversion.hold());
    }
    return ensureStillValid();
  }

  /**
   * Makes an exclusive lease shared (3.8).
   *
   * @param lvb a new lock value block to be written before
   * @return what is held now
   * @throws AcquireException EALREADY if shared, EINVAL if not held, RELEASE_LVER, RELEASE_OWNER,
   *     LEADER_*, I/O. What is on disk is then between the two modes: the caller keeps the lease,
   *     reckons with shared mode at best, and its release erases everything
   */
  public PaxosHold convertToShared(Optional<byte[]> lvb, Pause pause) throws AcquireException {
    PaxosHold held = requireMode(HoldMode.EXCLUSIVE);
    Conversion conversion = new Conversion(disks, env, held);
    try {
      conversion.toShared(lvb, pause);
    } finally {
      hold = Optional.of(conversion.hold());
    }
    return ensureStillValid();
  }

  /** What is held. */
  public Optional<PaxosHold> hold() {
    return hold;
  }

  /**
   * What to remember for the next acquisition; present after our own complete release, and used up
   * by the next acquisition whatever comes of it. An acquisition with this object uses it anyway.
   */
  public Optional<AcquireHint> hint() {
    return hint;
  }

  /**
   * Reads the lock value block of a held lease (5.7).
   *
   * @return one sector
   * @throws LeaseException EINVAL if the lease has no room for it; I/O
   * @throws IllegalStateException if nothing is held
   */
  public byte[] readLvb() throws LeaseException {
    requireHeld();
    LeaseArea area = disks.firstArea();
    try (Block block = area.readSector(PaxosRelease.Lvb.offset(disks), disks.timeout())) {
      return block.bytes().toArray(ValueLayout.JAVA_BYTE);
    }
  }

  private void requireNotHeld() {
    if (hold.isPresent()) {
      throw new IllegalStateException(disks.name() + " is held already");
    }
  }

  private PaxosHold requireHeld() {
    return hold.orElseThrow(() -> new IllegalStateException(disks.name() + " is not held"));
  }

  private PaxosHold requireMode(HoldMode mode) throws AcquireException {
    if (hold.isEmpty()) {
      throw refused(ErrorCode.EINVAL, "it is not held");
    }
    if (hold.get().mode() != mode) {
      throw refused(ErrorCode.EALREADY, "it is held in that mode already");
    }
    return hold.get();
  }

  private void requireSettled() throws AcquireException {
    if (pending.filter(release -> !release.settled()).isPresent()) {
      throw refused(ErrorCode.EAGAIN, "an earlier release of it is not settled yet");
    }
  }

  private PaxosHold ensureStillValid() throws AcquireException {
    try {
      env.validity().ensureValid();
    } catch (LeaseException e) {
      throw new AcquireException(e, Optional.empty(), Optional.empty());
    }
    return requireHeld();
  }

  private AcquireException refused(ErrorCode code, String why) {
    return new AcquireException(
        code, disks.name() + ": " + why, Optional.empty(), Optional.empty());
  }
}
