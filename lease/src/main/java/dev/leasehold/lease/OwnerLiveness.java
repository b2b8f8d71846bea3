// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostNames;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whether the owner of a lease is gone, waiting for as long as it takes to know (the loop of
 * docs/spec/algorithms.md 3.2). In doubt the owner is alive.
 */
final class OwnerLiveness {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final DiskSet disks;
  private final LeaseEnvironment env;
  private final boolean ownerNoWait;
  private final Pause pause;
  private final OwnerWait.Listener listener;
  private Optional<LostOwner> lost = Optional.empty();

  /** What was found out. An owner that is alive is an exception. */
  enum Verdict {
    /** It does not hold the lease any more: run a ballot. */
    GONE,
    /** The leader record changed meanwhile: start again. */
    LEADER_CHANGED
  }

  OwnerLiveness(
      DiskSet disks,
      LeaseEnvironment env,
      boolean ownerNoWait,
      Pause pause,
      OwnerWait.Listener listener) {
    this.disks = disks;
    this.env = env;
    this.ownerNoWait = ownerNoWait;
    this.pause = pause;
    this.listener = listener;
  }

  /**
   * Judges the owner.
   *
   * @param leader owned, and not by us
   * @throws LeaseException ACQUIRE_IDLIVE, ACQUIRE_OWNED_RETRY with the leader; EPERM if called
   *     off; faults of the owner's delta record, which are no proof of anything; I/O
   */
  Verdict judge(LeaderRecord leader) throws LeaseException {
    long owner = leader.ownerId();
    if (owner < 1 || owner > env.hosts().maxHosts()) {
      throw refused(
          ErrorCode.ACQUIRE_IDLIVE,
          "its owner has host id "
              + Long.toUnsignedString(owner)
              + ", which the lockspace has no room for, so it cannot be known to be gone",
          leader);
    }
    Optional<HostSighting> cached = env.hosts().sighting(owner);
    Watch watch = new Watch(cached.filter(sighting -> showsOwner(sighting, leader)));
    while (true) {
      // Before the read: what it shows is not older than this.
      long before = env.clock().bootNanos();
      LeaderRecord delta = env.hosts().readDelta(owner);
      if (hasLeft(delta, leader)) {
        return gone(leader, delta, delta.isFree() ? LostOwner.End.LEFT : LostOwner.End.JOINED_ANEW);
      }
      if (watch.begin(delta)) {
        if (watch.changed(delta) || cached.filter(HostSighting::changedAtLastLook).isPresent()) {
          return alive(leader, delta);
        }
        if (watch.isDead(before, delta)) {
          return gone(leader, delta, LostOwner.End.DEAD);
        }
        if (ownerNoWait) {
          throw refused(
              ErrorCode.ACQUIRE_OWNED_RETRY,
              "its owner, " + describe(leader, delta) + ", is silent but may be alive",
              leader);
        }
      }
      listener.waiting(watch.wait(leader, delta));
      if (pause.calledOff() || !pause.sleep(LOOK_EVERY)) {
        throw refused(ErrorCode.EPERM, "the wait for its owner was called off", leader);
      }
      if (!disks.readLeader().equals(leader)) {
        return Verdict.LEADER_CHANGED;
      }
    }
  }

  /** Of an owner that is gone without having given the lease back. */
  Optional<LostOwner> lost() {
    return lost;
  }

  private Verdict gone(LeaderRecord leader, LeaderRecord delta, LostOwner.End end) {
    boolean itsRecord = delta.ownerGeneration() == leader.ownerGeneration();
    Optional<Name> name =
        Optional.of(delta.resourceName()).filter(known -> itsRecord && !known.isEmpty());
    lost = Optional.of(new LostOwner(leader, name, end));
    return Verdict.GONE;
  }

  private static boolean showsOwner(HostSighting sighting, LeaderRecord leader) {
    return sighting.lastLive().isPresent()
        && sighting.timestamp() != 0
        && sighting.ownerId() == leader.ownerId()
        && sighting.generation() == leader.ownerGeneration();
  }

  /**
   * Whether the owner has left its lockspace or joined it anew. A record of yet another owner id,
   * or one that an older generation set free, is not taken for that, unlike in sanlock: somebody
   * overwrote what the owner had written, and it may not have noticed yet (docs/bugs-found.md 7).
   * It is waited for like a silent one.
   */
  private static boolean hasLeft(LeaderRecord delta, LeaderRecord leader) {
    int age = Long.compareUnsigned(delta.ownerGeneration(), leader.ownerGeneration());
    return delta.isFree() ? age >= 0 : delta.ownerId() == leader.ownerId() && age > 0;
  }

  /** How long the owner's delta record has been the same. */
  private final class Watch {
    private final int knownIoTimeout;
    private boolean begun;
    private long timestamp;
    private long since;

    Watch(Optional<HostSighting> seen) {
      begun = seen.isPresent();
      timestamp = seen.map(HostSighting::timestamp).orElse(0L);
      since = seen.map(sighting -> sighting.lastLive().orElseThrow()).orElse(0L);
      knownIoTimeout = seen.map(HostSighting::ioTimeout).orElse(0);
    }

    /**
     * Whether the record had been looked at before; if not, this look is the first. It counts from
     * the end of the read, since the owner may have written in the middle of it.
     */
    boolean begin(LeaderRecord delta) {
      if (begun) {
        return true;
      }
      begun = true;
      timestamp = delta.timestamp();
      since = env.clock().bootNanos();
      return false;
    }

    boolean changed(LeaderRecord delta) {
      return delta.timestamp() != timestamp;
    }

    boolean isDead(long before, LeaderRecord delta) {
      return env.timing().isDead(since, before, ioTimeout(delta));
    }

    /** The longer one, should the two differ. */
    private int ioTimeout(LeaderRecord delta) {
      return Math.max(
          env.timing().orOwn(delta.ioTimeout()),
          knownIoTimeout == 0 ? 0 : env.timing().orOwn(knownIoTimeout));
    }

    OwnerWait wait(LeaderRecord leader, LeaderRecord delta) {
      return new OwnerWait(
          leader, delta.resourceName(), since, env.timing().deadFrom(since, ioTimeout(delta)));
    }
  }

  private Verdict alive(LeaderRecord leader, LeaderRecord delta) throws LeaseException {
    // Written for the owner by a third host: maybe after the owner had released it already.
    if (leader.writeId() != leader.ownerId() && hasGivenUp(leader)) {
      return Verdict.GONE;
    }
    throw refused(
        ErrorCode.ACQUIRE_IDLIVE,
        "it is held by " + describe(leader, delta) + ", which is alive",
        leader);
  }

  private boolean hasGivenUp(LeaderRecord leader) throws LeaseException {
    if (leader.ownerId() > leader.numHosts()) {
      return false;
    }
    List<HostSector> copies;
    try {
      copies = disks.readHostSectors(leader.ownerId());
    } catch (LeaseException e) {
      return false;
    }
    long proofs =
        copies.stream().filter(copy -> provesGivenUp(copy.dblock(), leader.lver())).count();
    return proofs >= disks.majority();
  }

  /**
   * Whether the owner's dblock proves that it does not hold version {@code lver}: it has released
   * that version or a later one, or retracted without ever having had one; or it has gone on to a
   * ballot for a later version, which no host does while it holds one.
   */
  private static boolean provesGivenUp(Dblock dblock, long lver) {
    int age = Long.compareUnsigned(dblock.lver(), lver);
    boolean released = dblock.isReleased() && (age >= 0 || isBlank(dblock));
    return dblock.isValid() && (released || age > 0);
  }

  private static boolean isBlank(Dblock dblock) {
    return dblock.mbal() == 0 && dblock.bal() == 0 && dblock.inp() == 0 && dblock.lver() == 0;
  }

  private static String describe(LeaderRecord leader, LeaderRecord delta) {
    return "host "
        + HostNames.shown(delta.resourceName())
        + " (host id "
        + Long.toUnsignedString(leader.ownerId())
        + ")";
  }

  private AcquireException refused(ErrorCode code, String why, LeaderRecord leader) {
    return new AcquireException(
        code, disks.name() + ": " + why, Optional.of(leader), Optional.empty());
  }
}
