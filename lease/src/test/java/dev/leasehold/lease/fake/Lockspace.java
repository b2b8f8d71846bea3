// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.fake;

import dev.leasehold.lease.DeltaLease;
import dev.leasehold.lease.LeaseArea;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.DeltaSector;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderBuilder;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.util.function.UnaryOperator;

/** A lockspace of 512-byte sectors on a disk, and hosts that join it as host id 1. */
public final class Lockspace {
  /** What it was formatted with. */
  public static final int IO_TIMEOUT = 10;

  /** The world. */
  public final World world;

  /** The disk. */
  public final MemDisk disk = new MemDisk(1 << 20);

  /** Makes a lockspace in which nobody ever was. */
  public Lockspace(World world) {
    this.world = world;
    AreaImages.lockspace(Host.SPACE, Geometry.SECTOR_512, IO_TIMEOUT).writeTo(disk.bytes(), 0);
  }

  /** One host that wants host id 1. */
  public final class Joiner {
    /** Its store. */
    public final MemStore store = new MemStore(disk, world);

    /** Its clock. */
    public final FakeClock clock = new FakeClock(world);

    /** Its way of waiting. */
    public final FakePause pause = new FakePause(world);

    /** Its delta lease. */
    public final DeltaLease lease;

    private Joiner(String name, Timing timing) {
      LeaseArea area = new LeaseArea(store, 0, Geometry.SECTOR_512);
      try {
        lease = new DeltaLease(area, Host.SPACE, 1, Name.ofOwner(name), timing, timing.io(), clock);
      } catch (LeaseException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** A host with N = 10 and W = 60. */
  public Joiner joiner(String name) {
    return joiner(name, Timing.DEFAULT);
  }

  /** A host. */
  public Joiner joiner(String name, Timing timing) {
    return new Joiner(name, timing);
  }

  /** The record of host id 1. */
  public LeaderRecord record() {
    return LeaderRecord.decode(disk.bytes(), 0);
  }

  /** The sector of host id 1. */
  public DeltaSector sector() {
    return DeltaSector.decode(disk.bytes(), 0);
  }

  /** Changes the record of host id 1, with the right checksum. */
  public void record(UnaryOperator<LeaderBuilder> change) {
    change.apply(record().toBuilder()).build().encode(disk.bytes(), 0);
  }

  /** Another host has host id 1. */
  public void taken(String name, long generation, long timestamp, int ioTimeout) {
    record(
        r ->
            r.ownerId(1)
                .ownerGeneration(generation)
                .timestamp(timestamp)
                .ioTimeout(ioTimeout)
                .resourceName(Name.ofOwner(name)));
  }
}
