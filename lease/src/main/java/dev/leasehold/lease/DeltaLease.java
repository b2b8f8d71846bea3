// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.DeltaSector;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostBitmap;
import dev.leasehold.ondisk.HostEvent;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.Optional;

/**
 * Our claim on a host id in a lockspace: acquired once, renewed again and again, released
 * (docs/spec/algorithms.md 2). One object per join; it remembers what it last wrote and how the
 * last attempt went.
 *
 * <p>Not thread-safe: one call at a time.
 */
public final class DeltaLease {
  private final LeaseArea area;
  private final Name lockspace;
  private final long hostId;
  private final Name ownName;
  private final Timing timing;
  private final Clock clock;
  private final AreaReader reader;

  private Optional<Written> last = Optional.empty();
  private boolean lastAttemptSucceeded;

  /**
   * A record of ours that is on the disk.
   *
   * @param bootNanos before the write was started
   */
  record Written(LeaderRecord record, long bootNanos) {}

  /**
   * A delta lease that is not acquired yet.
   *
   * @param area the lockspace, with the sizes that {@link DeltaRecords#probe} found
   * @param lockspace its name, not empty
   * @param hostId 1 to the lockspace's max_hosts
   * @param ownName our host name, see {@link Name#ofOwner}
   * @param readExtension how long a renewal waits for the late read of the one before
   *     (renewal_read_extend_sec; N by default, half a second for a configured 0)
   * @throws LeaseException EINVAL for host id 0 or an empty name, ADDLS_INVALID_HOSTID
   */
  public DeltaLease(
      LeaseArea area,
      Name lockspace,
      long hostId,
      Name ownName,
      Timing timing,
      Duration readExtension,
      Clock clock)
      throws LeaseException {
    if (hostId < 1 || lockspace.isEmpty() || ownName.isEmpty()) {
      throw new LeaseException(
          ErrorCode.EINVAL, "a join needs a lockspace name, a host id of at least 1, a host name");
    }
    if (!area.geometry().isHostId(hostId)) {
      throw new LeaseException(
          ErrorCode.ADDLS_INVALID_HOSTID,
          "host id " + hostId + " is above " + area.geometry().maxHosts());
    }
    this.area = area;
    this.lockspace = lockspace;
    this.hostId = hostId;
    this.ownName = ownName;
    this.timing = timing;
    this.clock = clock;
    this.reader = new AreaReader(area, timing.io(), readExtension, clock);
  }

  /**
   * Takes the host id (2.2). Blocks for 2N at least, and for 8No + W more if the record names
   * another host; in that wait the record is polled, so that a live owner is found out early.
   *
   * @param policy what to make of a record that bears our own name
   * @param observer shown the area when the join begins and during its waits, so that the hosts'
   *     signs of life are known when it ends
   * @throws LeaseException HOSTID_BUSY; ERROR (-201) if {@code pause} was called off, and a record
   *     that was written by then stays; LEADER_MAGIC, _VERSION, _LOCKSPACE, _CHECKSUM; I/O
   */
  public DeltaHold acquire(ReacquirePolicy policy, Pause pause, AreaObserver observer)
      throws LeaseException {
    DeltaAcquire join =
        new DeltaAcquire(
            area, lockspace, hostId, ownName, timing, clock, policy, pause, reader, observer);
    last = Optional.of(join.run());
    lastAttemptSucceeded = true;
    return hold();
  }

  /**
   * Renews (2.3): one read of the whole area, the self-check, one write. The pace is the caller's:
   * 2N after a success, soon after a failure.
   *
   * <p>The whole area in one read, as sanlock has it, also where the own sector alone would prove
   * the ownership sooner (docs/spec/algorithms.md 8, item 21): one rule, one read, and host status
   * that is as fresh as the renewal.
   *
   * @param event what to tell the hosts in {@code bitmap}
   * @param bitmap the hosts to tell that there is something for them
   * @param observer shown the area before the self-check
   */
  public RenewalResult renew(HostEvent event, HostBitmap bitmap, AreaObserver observer) {
    Written before = written();
    Renewal renewal = new Renewal(area, lockspace, hostId, timing, clock, reader);
    Renewal.Outcome outcome = renewal.run(before, lastAttemptSucceeded, event, bitmap, observer);
    lastAttemptSucceeded = outcome.written().isPresent();
    last = outcome.written().or(() -> Optional.of(before));
    return outcome.result();
  }

  /**
   * Gives the host id back (2.4): one write, no read. Before this nobody may use any lease of the
   * lockspace any more, and no write to any of its leases may be in flight.
   *
   * <p>Only the first call writes: once the record may be free on disk another host may have taken
   * it.
   *
   * @return whether the record is free now. False if it had to be left as it is, because the last
   *     attempt did not succeed or our lease has run out: others then wait 8N + W
   * @throws LeaseException AIO_TIMEOUT or another I/O error: not known
   */
  public boolean release() throws LeaseException {
    reader.abandon();
    Written mine = written();
    if (!lastAttemptSucceeded) {
      return false;
    }
    lastAttemptSucceeded = false;
    DeltaSector free = new DeltaSector(mine.record().deltaReleased(), HostBitmap.EMPTY);
    Deadline valid = new Deadline(clock, mine.bootNanos() + timing.renewalFail().toNanos());
    try {
      area.writeSector(
          area.geometry().deltaOffset(hostId),
          sector -> free.encode(sector, 0, area.geometry().sectorSize()),
          timing.io(),
          timing.io(),
          valid);
      return true;
    } catch (Deadline.Passed e) {
      return false;
    }
  }

  /** What was last written with success; throws IllegalStateException before the join. */
  public DeltaHold hold() {
    Written mine = written();
    return new DeltaHold(
        new Member(hostId, mine.record().ownerGeneration()),
        mine.record().timestamp(),
        mine.bootNanos());
  }

  private Written written() {
    return last.orElseThrow(() -> new IllegalStateException("the delta lease is not acquired"));
  }
}
