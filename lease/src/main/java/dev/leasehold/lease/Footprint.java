// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.lease.Ballot.Proposal;
import dev.leasehold.ondisk.Dblock;
import java.util.Optional;

/**
 * What an acquisition has left on the disk so far, so that it can be continued or taken back
 * (docs/spec/algorithms.md 3.6).
 */
final class Footprint {
  private final Member member;
  private Dblock own = Dblock.EMPTY;
  private boolean wroteOwn;
  private boolean proposedUs;
  private long latestProposal;
  private boolean namedByLeader;

  /** Nothing left yet. */
  Footprint(Member member) {
    this.member = member;
  }

  /** Our dblock was found on the disk like this. */
  void found(Dblock dblock) {
    own = dblock;
    remember(dblock);
  }

  /** Our dblock is about to be written; whether it arrives or not, this is what may be there. */
  void wrote(Dblock dblock) {
    own = dblock;
    wroteOwn = true;
    // Stays true when another value is adopted later: who has read this one may still commit it.
    proposedUs |= proposesUs(dblock);
    remember(dblock);
  }

  private boolean proposesUs(Dblock dblock) {
    return dblock.inp() == member.hostId() && dblock.bal() != 0;
  }

  private void remember(Dblock dblock) {
    if (dblock.inp() == member.hostId() && dblock.inp2() == member.generation()) {
      latestProposal = Math.max(latestProposal, dblock.inp3());
    }
  }

  /** The leader record names us or is about to, though nobody here holds the lease. */
  void namedByLeader() {
    namedByLeader = true;
  }

  /**
   * What we accepted earlier for a version.
   *
   * @return our last dblock, if it is for that version and has a value
   */
  Optional<Dblock> accepted(long lver) {
    boolean has = own.lver() == lver && own.bal() != 0 && own.inp() != 0 && own.isValid();
    return has ? Optional.of(own) : Optional.empty();
  }

  /** Our dblock as it is on the disk, as far as known. */
  Dblock own() {
    return own;
  }

  /** Whether anything was written to our sector. */
  boolean wroteOwn() {
    return wroteOwn;
  }

  /**
   * Whether others may take us for the owner, now or after a slow host has set the leader record
   * back to a version that we once proposed ourselves for. Not only when nobody has won that
   * version yet, as in sanlock (3.6): a lost proposal without RELEASED could block the lease.
   */
  boolean needsRetract() {
    boolean proposesUs = proposedUs || proposesUs(own);
    return wroteOwn && (proposesUs || namedByLeader);
  }

  /**
   * We as the owner, by a timestamp that none of our earlier proposals has that this footprint
   * knows of: a value that an earlier attempt proposed and gave up must never be mistaken for a new
   * one, because others may have gone on to the next version on the strength of its RELEASED flag.
   *
   * @param now CLOCK_MONOTONIC seconds
   */
  Proposal freshProposal(long now) {
    long unused = latestProposal >= now ? latestProposal + 1 : now;
    return new Proposal(member.hostId(), member.generation(), Math.max(1, unused));
  }
}
