// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.lease.AreaReader.AreaRead;
import dev.leasehold.lease.DeltaLease.Written;
import dev.leasehold.ondisk.DeltaSector;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostBitmap;
import dev.leasehold.ondisk.HostEvent;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.util.Optional;

/** One renewal of a delta lease (docs/spec/algorithms.md 2.3). */
final class Renewal {
  private final LeaseArea area;
  private final Name lockspace;
  private final long hostId;
  private final Timing timing;
  private final Clock clock;
  private final AreaReader reader;

  /**
   * How it went.
   *
   * @param written present if the renewal is on the disk
   */
  record Outcome(RenewalResult result, Optional<Written> written) {
    static Outcome unwritten(RenewalResult result) {
      return new Outcome(result, Optional.empty());
    }
  }

  Renewal(
      LeaseArea area, Name lockspace, long hostId, Timing timing, Clock clock, AreaReader reader) {
    this.area = area;
    this.lockspace = lockspace;
    this.hostId = hostId;
    this.timing = timing;
    this.clock = clock;
    this.reader = reader;
  }

  Outcome run(
      Written last,
      boolean lastSucceeded,
      HostEvent event,
      HostBitmap bitmap,
      AreaObserver observer) {
    long begun = clock.bootNanos();
    long runsOut = last.bootNanos() + timing.renewalFail().toNanos();
    try (AreaRead read = reader.read(runsOut)) {
      long readMillis = (clock.bootNanos() - begun) / 1_000_000;
      read.show(observer);
      LeaderRecord found = LeaderRecord.decode(read.bytes(), area.geometry().deltaOffset(hostId));
      selfCheck(found, last.record(), lastSucceeded);
      return write(found, read.startedNanos(), runsOut, readMillis, event, bitmap);
    } catch (OverwrittenException e) {
      return Outcome.unwritten(new RenewalResult.Corrupt(e.fault));
    } catch (Deadline.Passed e) {
      return Outcome.unwritten(new RenewalResult.Expired());
    } catch (LeaseException e) {
      return Outcome.unwritten(new RenewalResult.Failed(e));
    }
  }

  /** Our record is not what we left on the disk. */
  private static final class OverwrittenException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient LeaseException fault;

    OverwrittenException(LeaseException fault) {
      super(fault);
      this.fault = fault;
    }
  }

  private void selfCheck(LeaderRecord found, LeaderRecord last, boolean lastSucceeded)
      throws OverwrittenException {
    try {
      found.verifyDelta(lockspace);
      // All 48 bytes of the name, residue included.
      if (found.ownerId() != last.ownerId()
          || found.ownerGeneration() != last.ownerGeneration()
          || !found.resourceName().equals(last.resourceName())) {
        throw changed(ErrorCode.RENEW_OWNER, "another owner", found);
      }
      // After a failed attempt it is not known which of two records is there.
      if (lastSucceeded && !found.equals(last)) {
        throw changed(ErrorCode.RENEW_DIFF, "other content than we wrote", found);
      }
    } catch (LeaseException e) {
      throw new OverwrittenException(e);
    }
  }

  private LeaseException changed(ErrorCode code, String what, LeaderRecord found) {
    return new LeaseException(
        code,
        area.store().path()
            + ": the delta record of our host id "
            + hostId
            + " has "
            + what
            + ": owner "
            + Long.toUnsignedString(found.ownerId())
            + ", generation "
            + Long.toUnsignedString(found.ownerGeneration())
            + ", name "
            + found.resourceName());
  }

  private Outcome write(
      LeaderRecord found,
      long readStarted,
      long runsOut,
      long readMillis,
      HostEvent event,
      HostBitmap bitmap)
      throws LeaseException {
    boolean late = readStarted >= runsOut;
    // A late renewal too must follow its read closely, since the id may be taken any moment.
    long writeBy = late ? readStarted + timing.renewal().toNanos() : runsOut;
    long bootNanos = clock.bootNanos();
    LeaderRecord renewed = found.deltaRenewed(clock.monotonicSeconds(), timing.ioTimeout(), event);
    DeltaSector sector = new DeltaSector(renewed, bitmap);
    area.writeSector(
        area.geometry().deltaOffset(hostId),
        bytes -> sector.encode(bytes, 0, area.geometry().sectorSize()),
        timing.io(),
        timing.renewalWrite(),
        new Deadline(clock, writeBy));
    Written written = new Written(renewed, bootNanos);
    DeltaHold hold =
        new DeltaHold(
            new Member(hostId, renewed.ownerGeneration()), renewed.timestamp(), bootNanos);
    long writeMillis = (clock.bootNanos() - bootNanos) / 1_000_000;
    return new Outcome(
        new RenewalResult.Renewed(hold, readMillis, writeMillis, late), Optional.of(written));
  }
}
