// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.cli.HostPorts;
import dev.leasehold.lease.AcquireException;
import dev.leasehold.lease.AcquireTerms;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.HostSighting;
import dev.leasehold.lease.HostViews;
import dev.leasehold.lease.LeaseDisk;
import dev.leasehold.lease.LeaseEnvironment;
import dev.leasehold.lease.LeaseLog;
import dev.leasehold.lease.Member;
import dev.leasehold.lease.OwnerWait;
import dev.leasehold.lease.PaxosLease;
import dev.leasehold.lease.PendingRelease;
import dev.leasehold.lease.Timing;
import dev.leasehold.lease.ValidityCheck;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.sanlock.wire.WireDisk;
import dev.leasehold.sanlock.wire.WireResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * {@code direct acquire} and {@code release} of a resource, as the host and generation that the
 * command line names. No lockspace is joined: an owner cannot be known to be gone, so a lease that
 * another host owns is refused with -241.
 */
final class DirectLease {
  private final Line line;
  private final WireResource wire;

  DirectLease(Line line, WireResource wire) {
    this.line = line;
    this.wire = wire;
  }

  /** Takes it, exclusively whatever the resource says, as the original does. */
  int acquire() {
    long host = line.longNumber('i', 0);
    if (host < 1) {
      // The original becomes owner 0 then, which no host can ever free.
      return ErrorCode.EINVAL.number();
    }
    List<DirectDisk> disks = new ArrayList<>();
    try {
      open(disks);
      take(disks, new Member(host, line.longNumber('g', 0)));
      return 0;
    } catch (LeaseException e) {
      return e.code().number();
    } finally {
      disks.forEach(DirectDisk::close);
    }
  }

  private void open(List<DirectDisk> disks) throws LeaseException {
    if (wire.disks().isEmpty()) {
      throw new LeaseException(ErrorCode.EPERM, "the resource has no path");
    }
    for (WireDisk disk : wire.disks()) {
      disks.add(DirectDisk.open(disk.path().toString(), line));
    }
  }

  private void take(List<DirectDisk> disks, Member member) throws LeaseException {
    List<LeaseDisk> places = new ArrayList<>();
    for (int i = 0; i < disks.size(); i++) {
      places.add(new LeaseDisk(disks.get(i).store(), wire.disks().get(i).offset()));
    }
    Geometry sizes = sizes(disks.getFirst().leader(places.getFirst().offset()));
    Timing timing = new Timing(DirectDisk.ioTimeout(line), Timing.DEFAULT.watchdogFire());
    LeaseEnvironment environment =
        new LeaseEnvironment(
            wire.lockspace(),
            member,
            timing,
            new NoLockspace(),
            ValidityCheck.NONE,
            HostPorts.clock(),
            new Random(),
            LeaseLog.SILENT);
    try {
      new PaxosLease(wire.name(), places, sizes, environment)
          .acquire(
              AcquireTerms.of(HoldMode.EXCLUSIVE),
              new DirectHostId.Sleep(),
              OwnerWait.Listener.SILENT);
    } catch (AcquireException e) {
      e.retract().ifPresent(PendingRelease::attempt);
      throw e;
    }
  }

  private static Geometry sizes(LeaderRecord leader) throws LeaseException {
    return switch (leader.magic()) {
      case LeaderRecord.PAXOS_MAGIC, LeaderRecord.DELTA_MAGIC ->
          leader.geometry().orElse(Geometry.SECTOR_512);
      default -> throw new LeaseException(ErrorCode.EPERM, "there is no lease");
    };
  }

  /**
   * What the original does: the checks of the leader record, and never a write. It acts as host 0
   * (docs/spec/ondisk.md 11.12), so a lease that a host wrote last is left alone with success, and
   * one that none wrote is none of host 0's.
   */
  int release(LeaderReader reader) {
    if (wire.disks().isEmpty()) {
      return ErrorCode.EPERM.number();
    }
    try {
      LeaderRecord leader = reader.read(wire);
      return leader.writeId() != 0 ? 0 : ErrorCode.RELEASE_OWNER.number();
    } catch (LeaseException e) {
      return e.code().number();
    }
  }

  /** Reads and checks a leader record. */
  @FunctionalInterface
  interface LeaderReader {
    LeaderRecord read(WireResource wire) throws LeaseException;
  }

  /** Nobody's signs of life are known. */
  private static final class NoLockspace implements HostViews {
    @Override
    public int maxHosts() {
      return Geometry.SECTOR_512.maxHosts();
    }

    @Override
    public Optional<HostSighting> sighting(long hostId) {
      return Optional.empty();
    }

    @Override
    public LeaderRecord readDelta(long hostId) throws LeaseException {
      throw new LeaseException(ErrorCode.ACQUIRE_LOCKSPACE, "no lockspace is joined");
    }
  }
}
