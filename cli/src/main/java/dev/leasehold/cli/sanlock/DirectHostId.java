// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.cli.HostPorts;
import dev.leasehold.daemon.OwnName;
import dev.leasehold.lease.AreaObserver;
import dev.leasehold.lease.DeltaLease;
import dev.leasehold.lease.LeaseArea;
import dev.leasehold.lease.Pause;
import dev.leasehold.lease.ReacquirePolicy;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.DeltaSector;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostBitmap;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.WireLockspace;
import java.time.Duration;

/**
 * {@code direct acquire_id, renew_id, release_id}: single writes to the record of a host id. Nobody
 * renews it afterwards, and nobody is stopped when it runs out.
 */
final class DirectHostId {
  private final Line line;
  private final WireLockspace wire;

  DirectHostId(Line line) {
    this.line = line;
    this.wire = Arguments.lockspace(line);
  }

  /** What is done with an open record. */
  @FunctionalInterface
  private interface Work {
    void with(DirectDisk disk, LeaseArea area, LeaderRecord record) throws LeaseException;
  }

  /** Takes the host id: waits 2N at least. A name given by {@code -e} is vouched for. */
  int acquire() {
    return run(this::acquire);
  }

  private void acquire(DirectDisk disk, LeaseArea area, LeaderRecord record) throws LeaseException {
    Timing timing = new Timing(DirectDisk.ioTimeout(line), Timing.DEFAULT.watchdogFire());
    Name own = OwnName.of(line.text('e').filter(name -> !name.isEmpty()));
    new DeltaLease(area, wire.name(), wire.hostId(), own, timing, timing.io(), HostPorts.clock())
        .acquire(ReacquirePolicy.VOUCHED, new Sleep(), AreaObserver.NONE);
  }

  /** Writes the record as a renewal would, also if it was released: whoever had it last. */
  int renew() {
    return run(
        (disk, area, record) -> {
          requireOwned(record);
          long now = HostPorts.clock().monotonicSeconds();
          write(disk, area, record.deltaRenewed(now, DirectDisk.ioTimeout(line), record.event()));
        });
  }

  /** Frees the record. */
  int release() {
    return run(
        (disk, area, record) -> {
          requireOwned(record);
          write(disk, area, record.deltaReleased());
        });
  }

  private void requireOwned(LeaderRecord record) throws LeaseException {
    if (record.ownerId() != wire.hostId()) {
      throw new LeaseException(ErrorCode.EINVAL, "the record was never owned by that host id");
    }
  }

  private void write(DirectDisk disk, LeaseArea area, LeaderRecord record) throws LeaseException {
    DeltaSector sector = new DeltaSector(record, HostBitmap.EMPTY);
    int size = area.geometry().sectorSize();
    long at = area.offset() + (wire.hostId() - 1) * size;
    disk.writeSector(at, area.geometry(), bytes -> sector.encode(bytes, 0, size));
  }

  private int run(Work work) {
    String path = wire.disk().path().toString();
    if (path.isEmpty()) {
      return ErrorCode.ENODEV.number();
    }
    try (DirectDisk disk = DirectDisk.open(path, line)) {
      if (wire.hostId() < 1) {
        return ErrorCode.EINVAL.number();
      }
      Geometry geometry = geometry(disk.leader(wire.disk().offset()));
      LeaseArea area = new LeaseArea(disk.store(), wire.disk().offset(), geometry);
      LeaderRecord record =
          disk.leader(area.offset() + (wire.hostId() - 1) * geometry.sectorSize());
      record.verifyDelta(wire.name());
      work.with(disk, area, record);
      return 0;
    } catch (LeaseException e) {
      return (e.code() == ErrorCode.ENOENT ? ErrorCode.ENODEV : e.code()).number();
    }
  }

  private static Geometry geometry(LeaderRecord first) throws LeaseException {
    return first
        .geometry()
        .or(() -> DirectDisk.ofSectors(first.sectorSize()))
        .orElseThrow(() -> new LeaseException(ErrorCode.EPERM, "there is no lockspace"));
  }

  /** Waits in this process, which nobody calls off but by ending it. */
  static final class Sleep implements Pause {
    @Override
    public boolean sleep(Duration duration) {
      try {
        Thread.sleep(duration);
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    @Override
    public boolean calledOff() {
      return Thread.currentThread().isInterrupted();
    }
  }
}
