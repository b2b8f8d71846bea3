// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.lease.Ballot.Proposal;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostBitmap;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.ModeBlock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The core of an acquisition (docs/spec/algorithms.md 3.2): who owns the lease, is the owner gone,
 * and if so a ballot for the next version. Also the first half of a shared acquisition and of a
 * conversion to exclusive.
 */
final class PaxosAcquire {
  private static final int FOREIGN_LIMIT = 3;

  private final DiskSet disks;
  private final LeaseEnvironment env;
  private final AcquireTerms terms;
  private final ModeBlock ownMode;
  private final Footprint footprint;
  private final Pause pause;
  private final OwnerWait.Listener listener;
  private final BackOff backOff;

  /**
   * The lease is ours.
   *
   * @param leader as it is on the disk now; names us
   * @param dblock our own as it is on the disk
   * @param sharers hosts that said they hold it shared when the ballot was run
   * @param maxMbal the highest ballot number seen
   */
  record Won(LeaderRecord leader, Dblock dblock, HostBitmap sharers, long maxMbal) {}

  /**
   * One acquisition.
   *
   * @param ownMode what our sector is to say beside the dblock
   * @param footprint learns what is left on the disk, also if {@link #run} throws
   */
  PaxosAcquire(
      DiskSet disks,
      LeaseEnvironment env,
      AcquireTerms terms,
      ModeBlock ownMode,
      Footprint footprint,
      Pause pause,
      OwnerWait.Listener listener) {
    this.disks = disks;
    this.env = env;
    this.terms = terms;
    this.ownMode = ownMode;
    this.footprint = footprint;
    this.pause = pause;
    this.listener = listener;
    this.backOff = new BackOff(env.random(), Duration.ZERO);
  }

  /**
   * Runs it.
   *
   * @throws LeaseException everything that {@link PaxosLease#acquire} throws
   */
  Won run() throws LeaseException {
    Optional<Won> won = attempt(terms.hint());
    while (won.isEmpty()) {
      refuseIfCalledOff();
      won = attempt(Optional.empty());
    }
    return won.get();
  }

  /** From a read of the lease to its end; empty if the leader changed on the way (RESTART). */
  private Optional<Won> attempt(Optional<AcquireHint> hint) throws LeaseException {
    LeaseStart start =
        LeaseStart.read(disks, env.member().hostId(), terms.expectedNumHosts(), hint);
    LeaderRecord leader = start.leader();
    footprint.found(start.own());
    checkTerms(leader);
    boolean fresh = leader.isFree() || isOwnOld(leader);
    Optional<LostOwner> lost = Optional.empty();
    if (!fresh) {
      OwnerLiveness liveness = new OwnerLiveness(disks, env, terms.ownerNoWait(), pause, listener);
      if (liveness.judge(leader) == OwnerLiveness.Verdict.LEADER_CHANGED) {
        return Optional.empty();
      }
      lost = liveness.lost();
    }
    if (isOwnOld(leader) && !leader.isFree()) {
      footprint.namedByLeader();
    }
    Optional<Won> won = new Campaign(start, fresh).run();
    if (won.isPresent()) {
      lost.ifPresent(listener::tookOver);
    }
    return won;
  }

  /** Ours from before: nobody on this host holds it, or we would not be here. */
  private boolean isOwnOld(LeaderRecord leader) {
    return leader.ownerId() == env.member().hostId()
        && Long.compareUnsigned(leader.ownerGeneration(), env.member().generation()) <= 0;
  }

  private void checkTerms(LeaderRecord leader) throws LeaseException {
    if (terms.wantLver() != 0 && leader.lver() != terms.wantLver()) {
      throw refused(
          ErrorCode.ACQUIRE_LVER,
          "its version is "
              + Long.toUnsignedString(leader.lver())
              + ", expected "
              + Long.toUnsignedString(terms.wantLver()),
          leader);
    }
    Geometry geometry = disks.geometry();
    if (terms.lvb() && !geometry.lvbFits()) {
      throw refused(
          ErrorCode.EINVAL,
          "an area of "
              + geometry.alignSize()
              + " bytes with sectors of "
              + geometry.sectorSize()
              + " has no room for a lock value block",
          leader);
    }
    long numHosts = terms.newNumHosts();
    if (numHosts != 0
        && (numHosts < env.member().hostId()
            || Long.compareUnsigned(numHosts, leader.maxHosts()) > 0)) {
      throw refused(
          ErrorCode.EINVAL,
          "num_hosts "
              + numHosts
              + " is not in "
              + env.member().hostId()
              + " (our host id) to "
              + leader.maxHosts(),
          leader);
    }
  }

  /** Ballots for the version after {@code start}'s, until one is decided or the leader changes. */
  private final class Campaign {
    private final LeaderRecord start;
    private final HostRange range;
    private final Proposal proposal;
    private boolean leaderIsFresh;
    private long lver;
    private long mbal;
    private long highestSeen;
    private HostBitmap sharers = HostBitmap.EMPTY;
    private int foreign;

    /**
     * A campaign.
     *
     * @param leaderIsFresh whether the first ballot may do without another look at the leader
     */
    Campaign(LeaseStart from, boolean leaderIsFresh) throws LeaseException {
      this.start = from.leader();
      this.range =
          new HostRange(
              env, start.numHosts(), terms.census() ? from.highestSeen() : OptionalLong.empty());
      this.leaderIsFresh = leaderIsFresh;
      this.highestSeen = from.maxMbal();
      this.mbal = BallotNumber.above(highestSeen, start.maxHosts(), env.member().hostId());
      this.proposal = footprint.freshProposal(env.clock().monotonicSeconds());
      this.lver = start.lver() + 1;
      raiseTo(from.own().isValid() ? from.own().lver() : 0);
    }

    Optional<Won> run() throws LeaseException {
      while (true) {
        if (!leaderIsFresh) {
          LeaderRecord now = disks.readLeader();
          if (!now.equals(start)) {
            return outcomeSeenIn(now);
          }
          // The version of a dblock is at most one ahead of a leader that was on the disk before
          // it. The leader has not changed, so a late write has set it back. Versions that hosts
          // were in a ballot for are over, or being decided: join in there (and never go back to a
          // version that was used before).
          raiseTo(highestLver);
        }
        leaderIsFresh = false;
        long begun = env.clock().bootNanos();
        Ballot ballot = new Ballot(disks, env.member(), ownMode, footprint, lver, range);
        switch (ballot.run(mbal, proposal)) {
          case Ballot.Result.Chosen chosen -> {
            return decided(chosen);
          }
          case Ballot.Result.Aborted aborted ->
              backOff(aborted.scan(), env.clock().bootNanos() - begun);
        }
      }
    }

    private long highestLver;

    private void raiseTo(long seen) {
      lver = Long.compareUnsigned(seen, lver) > 0 ? seen : lver;
    }

    private void backOff(Scan scan, long tookNanos) throws LeaseException {
      highestLver = scan.highestLver();
      highestSeen = scan.highestMbal();
      sharers = scan.sharers();
      foreign += scan.foreign() ? 1 : 0;
      if (foreign >= FOREIGN_LIMIT) {
        throw new LeaseException(
            ErrorCode.DBLOCK_READ,
            disks.name()
                + ": somebody else keeps writing to the sector of our host id "
                + env.member().hostId());
      }
      refuseIfCalledOff();
      if (!pause.sleep(backOff.next(tookNanos))) {
        throw calledOff();
      }
      mbal = BallotNumber.retry(mbal, highestSeen, start.maxHosts(), env.member().hostId());
    }

    /** The leader is not as it was: is our version decided? */
    private Optional<Won> outcomeSeenIn(LeaderRecord now) throws AcquireException {
      if (now.lver() != lver || now.isFree()) {
        // A free leader of our version means that its owner has come and gone (8, item 17).
        return Optional.empty();
      }
      if (now.ownerId() != env.member().hostId()) {
        throw refused(ErrorCode.ACQUIRE_OWNED, "another host has just taken it", now);
      }
      // Only what we proposed in this very campaign is a lease that we hold.
      boolean proposed =
          new Proposal(now.ownerId(), now.ownerGeneration(), now.timestamp()).equals(proposal);
      return proposed
          ? Optional.of(new Won(now, footprint.own(), sharers, highestSeen))
          : Optional.empty();
    }

    private Optional<Won> decided(Ballot.Result.Chosen chosen) throws LeaseException {
      Dblock dblock = chosen.dblock();
      boolean ours = Proposal.of(dblock).equals(proposal);
      if (!ours) {
        // Its owner may have written it, used it and freed it long ago: do not set that back.
        LeaderRecord now = disks.readLeader();
        if (!now.equals(start)) {
          return outcomeSeenIn(now);
        }
      }
      LeaderRecord leader = leaderFor(dblock, ours);
      requireSharersInSight(leader, chosen.scan().sharers());
      if (dblock.inp() == env.member().hostId()) {
        footprint.namedByLeader();
      }
      disks.writeLeader(leader);
      if (ours) {
        return Optional.of(
            new Won(leader, dblock, chosen.scan().sharers(), chosen.scan().highestMbal()));
      }
      if (dblock.inp() == env.member().hostId() || chosen.ownerReleased()) {
        // A value that was given up, by an earlier attempt of ours or by its owner: it had to be
        // brought to its end, and now the next version is free to be had.
        return Optional.empty();
      }
      throw refused(ErrorCode.ACQUIRE_OTHER, "the ballot gave it to another host", leader);
    }

    /**
     * With fewer hosts the next owner scans fewer sectors: he would not see who shares the lease.
     */
    private void requireSharersInSight(LeaderRecord leader, HostBitmap sharing)
        throws LeaseException {
      HostBitmap hidden = sharing;
      for (long hostId : sharing.hostIds().toArray()) {
        hidden = hostId <= leader.numHosts() ? hidden.without(hostId) : hidden;
      }
      List<Long> living = new SharedHolders(disks, env).living(hidden);
      if (!living.isEmpty()) {
        throw terms.mode() == HoldMode.EXCLUSIVE
            ? Taking.sharedBy(living, start, disks)
            : refused(
                ErrorCode.EINVAL,
                "num_hosts "
                    + leader.numHosts()
                    + " would hide hosts that hold it shared and may be alive: "
                    + living,
                start);
      }
    }

    private LeaderRecord leaderFor(Dblock dblock, boolean ours) {
      return start.paxosOwned(
          lver,
          dblock.inp(),
          dblock.inp2(),
          Math.max(1, dblock.inp3()),
          env.member().hostId(),
          env.member().generation(),
          env.clock().monotonicSeconds(),
          terms.mode() == HoldMode.SHARED,
          ours ? terms.newNumHosts() : 0);
    }
  }

  private void refuseIfCalledOff() throws LeaseException {
    if (pause.calledOff()) {
      throw calledOff();
    }
  }

  private LeaseException calledOff() {
    return new LeaseException(ErrorCode.EPERM, disks.name() + ": the acquisition was called off");
  }

  private AcquireException refused(ErrorCode code, String why, LeaderRecord leader) {
    return new AcquireException(
        code, disks.name() + ": " + why, Optional.of(leader), Optional.empty());
  }
}
