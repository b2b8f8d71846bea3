// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.BallotArea;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.HostBitmap;
import dev.leasehold.ondisk.HostSector;
import java.util.Optional;

/** What one look at everybody's dblocks means for our ballot (docs/spec/algorithms.md 3.3). */
final class Scan {
  private final long lver;
  private final Dblock mine;
  private final long ownHostId;

  private boolean ahead;
  private boolean foreign;
  private long highestMbal;
  private long highestLver;
  private HostBitmap sharers = HostBitmap.EMPTY;
  private HostBitmap released = HostBitmap.EMPTY;
  private Optional<Dblock> best = Optional.empty();

  /**
   * Nothing seen yet.
   *
   * @param lver the version our ballot is for
   * @param mine our dblock as written just before
   */
  Scan(long lver, Dblock mine, long ownHostId) {
    this.lver = lver;
    this.mine = mine;
    this.ownHostId = ownHostId;
    this.highestMbal = mine.mbal();
    this.highestLver = lver;
  }

  /** Looks at all hosts of the area. */
  void read(BallotArea area) {
    area.forEachUsed(this::visit);
    // Nobody but us writes there while we live, except a host that takes us for dead, or a second
    // host that has our id. Our number does not stand on the disk then: no promise was made.
    if (!area.dblock(ownHostId).equals(mine)) {
      foreign = true;
    }
  }

  private void visit(long hostId, HostSector sector) {
    Dblock dblock = sector.dblock();
    // Noted even beside a damaged dblock: whether it still counts is found out later, in doubt yes.
    if (sector.mode().isShared()) {
      sharers = sharers.with(hostId);
    }
    if (!dblock.isValid()) {
      return;
    }
    highestMbal = max(highestMbal, dblock.mbal());
    highestLver = max(highestLver, dblock.lver());
    int age = Long.compareUnsigned(dblock.lver(), lver);
    if (age < 0) {
      return;
    }
    if (age > 0 || Long.compareUnsigned(dblock.mbal(), mine.mbal()) > 0) {
      ahead = true;
      return;
    }
    if (dblock.isReleased()) {
      released = released.with(hostId);
    }
    if (dblock.inp() != 0 && dblock.bal() != 0) {
      best = Optional.of(best.filter(b -> higherBal(b, dblock)).orElse(dblock));
    }
  }

  private static boolean higherBal(Dblock a, Dblock b) {
    return Long.compareUnsigned(a.bal(), b.bal()) >= 0;
  }

  private static long max(long a, long b) {
    return Long.compareUnsigned(a, b) > 0 ? a : b;
  }

  /** This look and another one: of another disk, or of the phase before. */
  Scan after(Scan other) {
    Scan both = new Scan(lver, mine, ownHostId);
    both.ahead = ahead || other.ahead;
    both.foreign = foreign || other.foreign;
    both.highestMbal = max(highestMbal, other.highestMbal);
    both.highestLver = max(highestLver, other.highestLver);
    both.sharers = union(sharers, other.sharers);
    both.released = union(released, other.released);
    both.best = best.isEmpty() ? other.best : best;
    if (best.isPresent() && other.best.isPresent() && !higherBal(best.get(), other.best.get())) {
      both.best = other.best;
    }
    return both;
  }

  private static HostBitmap union(HostBitmap a, HostBitmap b) {
    if (b.isEmpty()) {
      return a;
    }
    HostBitmap all = a;
    for (long hostId : b.hostIds().toArray()) {
      all = all.with(hostId);
    }
    return all;
  }

  /** Whether a higher ballot, a later version, or a stranger in our sector ends our ballot. */
  boolean aborts() {
    return ahead || foreign;
  }

  /** Whether our sector did not hold what we had just written. */
  boolean foreign() {
    return foreign;
  }

  /** The largest mbal seen, our own included. */
  long highestMbal() {
    return highestMbal;
  }

  /** The highest version that any host is in a ballot for, at least ours. */
  long highestLver() {
    return highestLver;
  }

  /** The hosts that say they hold the lease shared. */
  HostBitmap sharers() {
    return sharers;
  }

  /** Whether a host has given up what it won in this version. */
  boolean hasReleased(long hostId) {
    return hostId >= 1 && hostId <= HostBitmap.MAX_HOST_ID && released.contains(hostId);
  }

  /** The value accepted under the highest number, which must be ours then. */
  Optional<Dblock> best() {
    return best;
  }
}
