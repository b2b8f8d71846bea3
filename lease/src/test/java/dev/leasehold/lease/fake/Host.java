// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.fake;

import dev.leasehold.lease.AreaFormat;
import dev.leasehold.lease.LeaseDisk;
import dev.leasehold.lease.LeaseEnvironment;
import dev.leasehold.lease.Member;
import dev.leasehold.lease.PaxosLease;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.ondisk.RequestRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One host with its view of some disks: host id, generation, clock, store per disk. */
public final class Host {
  /** The lockspace of all tests. */
  public static final Name SPACE = Name.of("LS0");

  /** The resource of most tests. */
  public static final Name RESOURCE = Name.of("RES1");

  private final World world;
  private final Member member;
  private final FakeHosts hosts;
  private final FakeClock clock;
  private final FakePause pause;
  private final Timing timing;
  private final List<MemStore> stores = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Random random;
  private boolean valid = true;

  /** A host with N = 10 and W = 60. */
  public Host(World world, FakeHosts hosts, long hostId, long generation, MemDisk... disks) {
    this.world = world;
    this.member = new Member(hostId, generation);
    this.hosts = hosts;
    this.clock = new FakeClock(world);
    this.pause = new FakePause(world);
    this.timing = Timing.DEFAULT;
    this.random = new Random(hostId);
    for (MemDisk disk : disks) {
      stores.add(new MemStore(disk, world));
    }
  }

  /** A formatted lease of 512-byte sectors at offset 0. */
  public static MemDisk disk(World world, Name resource, long numHosts) {
    return disk(world, resource, Geometry.SECTOR_512, numHosts);
  }

  /** A formatted lease at offset 0. */
  public static MemDisk disk(World world, Name resource, Geometry geometry, long numHosts) {
    MemDisk disk = new MemDisk(geometry.alignSize());
    try {
      AreaFormat.resource(
          List.of(new LeaseDisk(new MemStore(disk, world), 0)),
          SPACE,
          resource,
          geometry,
          numHosts,
          Duration.ofSeconds(60));
    } catch (LeaseException e) {
      throw new AssertionError(e);
    }
    return disk;
  }

  /** As much of a formatted lease as few hosts need, to be made many times. */
  public static MemDisk smallDisk(Name resource, int numHosts) {
    int sectorSize = Geometry.SECTOR_512.sectorSize();
    MemDisk disk = new MemDisk(8 * sectorSize);
    LeaderRecord.freshPaxos(SPACE, resource, Geometry.SECTOR_512, numHosts)
        .encodeSector(disk.bytes(), 0, sectorSize);
    RequestRecord.fresh().encodeSector(disk.bytes(), sectorSize, sectorSize);
    return disk;
  }

  /** A lease object of this host for {@link #RESOURCE}. */
  public PaxosLease lease() {
    return lease(RESOURCE, Geometry.SECTOR_512);
  }

  /** A lease object of this host. */
  public PaxosLease lease(Name resource, Geometry firstGuess) {
    try {
      return new PaxosLease(
          resource,
          stores.stream().map(store -> new LeaseDisk(store, 0)).toList(),
          firstGuess,
          environment());
    } catch (LeaseException e) {
      throw new AssertionError(e);
    }
  }

  /** What its leases know of the world. */
  public LeaseEnvironment environment() {
    return new LeaseEnvironment(
        SPACE, member, timing, hosts, this::ensureValid, clock, random, notes::add);
  }

  private void ensureValid() throws LeaseException {
    if (!valid) {
      throw new LeaseException(ErrorCode.ENOSPC, "the host lease has run out");
    }
  }

  /** From now on its host lease has run out. */
  public void invalidate() {
    valid = false;
  }

  /** Who it is. */
  public Member member() {
    return member;
  }

  /** Its store of the first disk. */
  public MemStore store() {
    return stores.getFirst();
  }

  /** Its store of one disk. */
  public MemStore store(int disk) {
    return stores.get(disk);
  }

  /** Its clock. */
  public FakeClock clock() {
    return clock;
  }

  /** Its way of waiting. */
  public FakePause pause() {
    return pause;
  }

  /** What it remarked. */
  public List<String> notes() {
    return notes;
  }

  /** The world it is in. */
  public World world() {
    return world;
  }
}
