// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.BallotArea;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.ModeBlock;
import dev.leasehold.storage.Block;
import java.util.List;
import java.util.Optional;

/**
 * One ballot of Disk Paxos for one lease version (docs/spec/algorithms.md 3.3). Two phases; each
 * writes our dblock to the disks and then reads everybody's, on the disks that took the write.
 *
 * <p>The version's value, an owner, is chosen when phase 2 has read a majority of disks and found
 * no higher ballot. From then on every later ballot for the same version ends with the same value.
 */
final class Ballot {
  private final DiskSet disks;
  private final Member member;
  private final ModeBlock ownMode;
  private final Footprint footprint;
  private final long lver;
  private final HostRange range;

  /** How a ballot ended. */
  sealed interface Result {

    /**
     * The version has its owner.
     *
     * @param dblock our own as written last; names the owner
     * @param ownerReleased whether that owner has given the version up already
     * @param scan what was seen on the way
     */
    record Chosen(Dblock dblock, boolean ownerReleased, Scan scan) implements Result {}

    /** Somebody else is further: try again with a higher number. */
    record Aborted(Scan scan) implements Result {}
  }

  /**
   * A ballot.
   *
   * @param ownMode what our sector says beside the dblock: NONE, or our shared mode during a
   *     conversion
   * @param footprint learns what is written
   * @param lver the version that is decided
   * @param range the hosts whose dblocks count
   */
  Ballot(
      DiskSet disks,
      Member member,
      ModeBlock ownMode,
      Footprint footprint,
      long lver,
      HostRange range) {
    this.disks = disks;
    this.member = member;
    this.ownMode = ownMode;
    this.footprint = footprint;
    this.lver = lver;
    this.range = range;
  }

  /** The owner we propose if the version has none yet. */
  record Proposal(long inp, long inp2, long inp3) {
    static Proposal of(Dblock dblock) {
      return new Proposal(dblock.inp(), dblock.inp2(), dblock.inp3());
    }
  }

  /**
   * Runs it.
   *
   * @param mbal our ballot number, higher than all of ours before
   * @param proposal what we would like to be chosen
   * @throws LeaseException DBLOCK_WRITE, DBLOCK_READ: no majority of disks
   */
  Result run(long mbal, Proposal proposal) throws LeaseException {
    // What we accepted in an earlier ballot for this version stays accepted (8, item 26).
    Dblock first =
        footprint.accepted(lver).map(d -> d.withMbal(mbal)).orElse(Dblock.phase1(mbal, lver));
    Scan prepare = phase(first);
    if (prepare.aborts()) {
      return new Result.Aborted(prepare);
    }
    Proposal choice = prepare.best().map(Proposal::of).orElse(proposal);
    Dblock second = Dblock.phase1(mbal, lver).phase2(choice.inp(), choice.inp2(), choice.inp3());
    Scan accept = phase(second);
    if (accept.aborts()) {
      return new Result.Aborted(accept.after(prepare));
    }
    return new Result.Chosen(second, accept.hasReleased(choice.inp()), accept.after(prepare));
  }

  private Scan phase(Dblock mine) throws LeaseException {
    footprint.wrote(mine);
    DiskSet.Results<LeaseArea> written =
        disks.writeHostSector(member.hostId(), new HostSector(mine, ownMode));
    if (written.results().size() < disks.majority()) {
      throw new LeaseException(
          ErrorCode.DBLOCK_WRITE,
          disks.name() + ": " + written.faults().getFirst().detail(),
          written.faults().getFirst());
    }
    DiskSet.Results<Scan> read = disks.each(written.results(), area -> scan(area, mine));
    // Only disks that were written and read count: any two majorities must share one of those.
    if (read.results().size() < disks.majority()) {
      throw new LeaseException(
          ErrorCode.DBLOCK_READ,
          disks.name() + ": " + read.faults().getFirst().detail(),
          read.faults().getFirst());
    }
    return merged(read.results());
  }

  private Scan scan(LeaseArea area, Dblock mine) throws LeaseException {
    Optional<HostCensus> census = range.census();
    if (census.isPresent()) {
      Scan scan = scan(area, mine, range.hostsBy(census.get()));
      if (range.isGood(census.get())) {
        return scan;
      }
    }
    return scan(area, mine, range.numHosts());
  }

  private Scan scan(LeaseArea area, Dblock mine, long numHosts) throws LeaseException {
    int length = LeaseStart.lengthFor(area, disks.geometry(), numHosts);
    try (Block block = area.read(0, length, disks.timeout())) {
      Scan scan = new Scan(lver, mine, member.hostId());
      scan.read(new BallotArea(block.bytes(), disks.geometry(), numHosts));
      return scan;
    }
  }

  private static Scan merged(List<Scan> scans) {
    Scan all = scans.getFirst();
    for (Scan scan : scans.subList(1, scans.size())) {
      all = all.after(scan);
    }
    return all;
  }
}
