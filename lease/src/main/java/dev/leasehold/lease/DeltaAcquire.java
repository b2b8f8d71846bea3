// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.lease.DeltaLease.Written;
import dev.leasehold.ondisk.DeltaSector;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostBitmap;
import dev.leasehold.ondisk.HostNames;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;

/**
 * One acquisition of a delta lease (docs/spec/algorithms.md 2.2): read; wait until an owner is
 * provably gone; write; wait; read back.
 */
final class DeltaAcquire {
  // How often the record is looked at while its owner may be alive (8, item 20).
  private static final Duration POLL = Duration.ofSeconds(3);

  private final LeaseArea area;
  private final Name lockspace;
  private final long hostId;
  private final Name ownName;
  private final Timing timing;
  private final Clock clock;
  private final ReacquirePolicy policy;
  private final Pause pause;
  private final AreaReader reader;
  private final AreaObserver observer;
  private long lastObserved;
  private boolean observed;

  DeltaAcquire(
      LeaseArea area,
      Name lockspace,
      long hostId,
      Name ownName,
      Timing timing,
      Clock clock,
      ReacquirePolicy policy,
      Pause pause,
      AreaReader reader,
      AreaObserver observer) {
    this.area = area;
    this.lockspace = lockspace;
    this.hostId = hostId;
    this.ownName = ownName;
    this.timing = timing;
    this.clock = clock;
    this.policy = policy;
    this.pause = pause;
    this.reader = reader;
    this.observer = observer;
  }

  /**
   * Our record as read.
   *
   * @param startedNanos bootNanos before the read
   */
  private record Found(LeaderRecord record, long startedNanos) {}

  Written run() throws LeaseException {
    observe();
    Found first = read();
    Found found = isOurs(first.record()) ? first : awaitGone(first);
    Written written = take(found);
    Duration delay = timing.deltaShortDelay(first.record().ioTimeout());
    Found confirmed = readBack(written, delay);
    if (delay.compareTo(timing.renewalFail()) >= 0) {
      // The record we took over had so long an io timeout that our own lease has run out meanwhile.
      written = refresh(confirmed);
    }
    // Paused for so long that what we took has run out again.
    new Deadline(clock, written.bootNanos() + timing.renewalFail().toNanos()).ensureValid();
    return written;
  }

  private boolean isOurs(LeaderRecord record) {
    return record.isFree()
        || (record.resourceName().sameName(ownName) && policy == ReacquirePolicy.VOUCHED);
  }

  // --- waiting for the owner -------------------------------------------------------------------

  private Found awaitGone(Found first) throws LeaseException {
    int recorded = first.record().ioTimeout();
    long since = clock.bootNanos();
    boolean rebooted = wroteBeforeReboot(first.record());
    while (true) {
      sleep(POLL);
      observe();
      long before = clock.bootNanos();
      boolean waited =
          rebooted
              ? before - since > watch(recorded).toNanos()
              : timing.isDead(since, before, recorded);
      Found now = poll(first, waited);
      if (!now.record().equals(first.record())) {
        if (now.record().isFree()) {
          return now;
        }
        throw busy(now.record());
      }
      if (waited) {
        return now;
      }
    }
  }

  /** Timestamps of one machine only grow until it is rebooted (8, item 0). */
  private boolean wroteBeforeReboot(LeaderRecord record) {
    return policy != ReacquirePolicy.WAIT
        && record.resourceName().sameName(ownName)
        && Long.compareUnsigned(record.timestamp(), clock.monotonicSeconds()) > 0;
  }

  /** A host of the same name that is alive renews at least once in this time. */
  private Duration watch(int recordedIoTimeout) {
    return Duration.ofSeconds(3L * timing.orOwn(recordedIoTimeout) + 2);
  }

  /** A look that fails is no sign of life; only the one that decides must succeed. */
  private Found poll(Found previous, boolean decides) throws LeaseException {
    try {
      return read();
    } catch (LeaseException e) {
      if (decides || !IoFaults.isIo(e)) {
        throw e;
      }
      return previous;
    }
  }

  private LeaseException busy(LeaderRecord record) {
    return new LeaseException(
        ErrorCode.HOSTID_BUSY,
        "host id "
            + hostId
            + " of lockspace "
            + lockspace
            + " is in use by host "
            + HostNames.shown(record.resourceName())
            + " (generation "
            + Long.toUnsignedString(record.ownerGeneration())
            + ")");
  }

  // --- taking it -------------------------------------------------------------------------------

  private Written take(Found found) throws LeaseException {
    return write(
        found,
        found
            .record()
            .deltaAcquired(hostId, ownName, clock.monotonicSeconds(), timing.ioTimeout()));
  }

  private Written refresh(Found found) throws LeaseException {
    return write(found, found.record().toBuilder().timestamp(clock.monotonicSeconds()).build());
  }

  /** Time stamps are of before the write, so that others see this moment or a later one (1.3). */
  private Written write(Found found, LeaderRecord mine) throws LeaseException {
    long bootNanos = clock.bootNanos();
    DeltaSector sector = new DeltaSector(mine, HostBitmap.EMPTY);
    // A rival that found the record free as well sees our write when it reads back, but only if
    // our write follows our read closely.
    Deadline fresh = new Deadline(clock, found.startedNanos() + timing.io().toNanos());
    area.writeSector(
        area.geometry().deltaOffset(hostId),
        bytes -> sector.encode(bytes, 0, area.geometry().sectorSize()),
        timing.io(),
        timing.io(),
        fresh);
    return new Written(mine, bootNanos);
  }

  private Found readBack(Written written, Duration delay) throws LeaseException {
    long until = clock.bootNanos() + delay.toNanos();
    observe();
    for (long left = until - clock.bootNanos(); left > 0; left = until - clock.bootNanos()) {
      sleep(Duration.ofNanos(Math.min(left, POLL.toNanos())));
      observe();
    }
    Found found = read();
    if (!found.record().equals(written.record())) {
      throw busy(found.record());
    }
    return found;
  }

  // --- reading and waiting ---------------------------------------------------------------------

  private Found read() throws LeaseException {
    long started = clock.bootNanos();
    return new Found(DeltaRecords.read(area, lockspace, hostId, timing.io()), started);
  }

  /** Shows the area, at most every 2N; for the sake of the other hosts' signs of life only. */
  private void observe() {
    long now = clock.bootNanos();
    boolean due = !observed || now - lastObserved >= timing.renewal().toNanos();
    if (observer.equals(AreaObserver.NONE) || !due) {
      return;
    }
    observed = true;
    lastObserved = now;
    try (AreaReader.AreaRead read = reader.read(Long.MAX_VALUE)) {
      read.show(observer);
    } catch (LeaseException e) {
      // Not needed for the join; the reads that decide report their own faults.
      reader.abandon();
    }
  }

  private void sleep(Duration duration) throws LeaseException {
    if (pause.calledOff() || (duration.isPositive() && !pause.sleep(duration))) {
      throw new LeaseException(
          ErrorCode.ERROR, "the join of lockspace " + lockspace + " was called off");
    }
  }
}
