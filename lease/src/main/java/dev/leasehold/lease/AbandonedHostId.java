// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.Block;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Gives back the host id of a member that died without doing so, in its stead: the write that its
 * clean leave would have been (docs/spec/algorithms.md 2.4).
 *
 * <p>Only for whoever <em>knows</em> that the member and every holder it served is dead and that
 * nothing they wrote is still in flight: with this write all leases of that host id are free for
 * everybody at once (1.3). Other hosts must wait, because they can only guess.
 */
public final class AbandonedHostId {
  /** Seconds by which whole-second clock values may mislead, twice. */
  private static final long MARGIN = 2;

  private AbandonedHostId() {}

  /**
   * The host ids whose records bear this owner name and are not free. A record that fails its
   * checks is nobody's.
   *
   * @param owner a name that no other member has or ever had
   * @throws LeaseException I/O
   */
  public static List<Long> heldBy(LeaseArea area, Name lockspace, Name owner, Duration timeout)
      throws LeaseException {
    List<Long> held = new ArrayList<>();
    try (Block block = area.read(0, area.geometry().alignSize(), timeout)) {
      for (long id = 1; id <= area.geometry().maxHosts(); id++) {
        LeaderRecord record = LeaderRecord.decode(block.bytes(), area.geometry().deltaOffset(id));
        if (isHeldBy(record, lockspace, owner)) {
          held.add(id);
        }
      }
    }
    return held;
  }

  private static boolean isHeldBy(LeaderRecord record, Name lockspace, Name owner) {
    if (record.isFree() || !record.resourceName().sameName(owner)) {
      return false;
    }
    try {
      record.verifyDelta(lockspace);
      return true;
    } catch (LeaseException e) {
      return false;
    }
  }

  /**
   * Reads the record once more and sets it free if it is still that member's. Blocks for a read and
   * a write, each at most the member's io timeout.
   *
   * <p>The write may land as late as its deadline. So it is not begun when another host could have
   * taken the host id by then: that host's record must not be overwritten.
   *
   * @param unseenSeconds how much longer ago the member's last renewal may have been than
   *     CLOCK_MONOTONIC tells, because the host was suspended; empty if no other host can take the
   *     host id, so that its age does not matter
   * @param watchdogFire W in seconds
   * @return whether it is free now by this write; false if it was not that member's any more
   * @throws LeaseException ESTALE if too much time has passed; LEADER_MAGIC, LEADER_VERSION,
   *     LEADER_LOCKSPACE, LEADER_CHECKSUM; I/O, and then it is not known what was written
   */
  public static boolean giveBack(
      LeaseArea area,
      Name lockspace,
      long hostId,
      Name owner,
      OptionalLong unseenSeconds,
      int watchdogFire,
      int ioTimeout,
      Clock clock)
      throws LeaseException {
    Timing timing = new Timing(ioTimeout, watchdogFire);
    LeaderRecord record = DeltaRecords.read(area, lockspace, hostId, timing.io());
    if (!isHeldBy(record, lockspace, owner)) {
      return false;
    }
    LeaderRecord free = record.deltaReleased();
    area.writeSector(
        area.geometry().deltaOffset(hostId),
        sector -> free.encode(sector, 0),
        timing.io(),
        timing.io(),
        () -> requireInTime(record, unseenSeconds, timing, clock));
    return true;
  }

  private static void requireInTime(
      LeaderRecord record, OptionalLong unseenSeconds, Timing timing, Clock clock)
      throws LeaseException {
    if (unseenSeconds.isEmpty()) {
      return;
    }
    long age = clock.monotonicSeconds() - record.timestamp() + unseenSeconds.getAsLong();
    long landed = age + timing.io().toSeconds() + MARGIN;
    if (age < -MARGIN || landed >= timing.hostDead(record.ioTimeout()).toSeconds()) {
      throw new LeaseException(
          ErrorCode.ESTALE,
          "host id "
              + record.ownerId()
              + " was last renewed "
              + age
              + " s ago: another host may be about to take it, so it is left alone");
    }
  }
}
