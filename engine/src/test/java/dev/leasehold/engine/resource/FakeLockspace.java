// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.HostSighting;
import dev.leasehold.lease.HostViews;
import dev.leasehold.lease.LeaseEnvironment;
import dev.leasehold.lease.LeaseLog;
import dev.leasehold.lease.Member;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** A joined lockspace as a test wants it. */
final class FakeLockspace implements MemberLockspace {
  final List<Long> notified = new ArrayList<>();
  private final World world;
  private final Member member;
  private final Geometry geometry;
  private final LeaseEnvironment environment;
  private final long watched;
  private boolean dead;
  private boolean invalid;

  FakeLockspace(World world, long hostId, long generation, Geometry geometry) {
    this.world = world;
    this.member = new Member(hostId, generation);
    this.geometry = geometry;
    this.watched = world.time.bootNanos();
    this.environment =
        new LeaseEnvironment(
            name(),
            member,
            timing(),
            hosts(),
            this,
            world.time,
            new SplittableRandom(hostId),
            LeaseLog.SILENT);
  }

  /** It has failed. */
  void kill() {
    dead = true;
  }

  /** Our host lease has run out, though nobody has noticed yet. */
  void runOut() {
    invalid = true;
  }

  @Override
  public Name name() {
    return Name.of(World.LS);
  }

  @Override
  public LockspaceSpec spec() {
    return new LockspaceSpec(name(), member.hostId(), "/lease/lockspace", 0);
  }

  @Override
  public long hostId() {
    return member.hostId();
  }

  @Override
  public Member member() {
    return member;
  }

  @Override
  public Timing timing() {
    return World.TIMING;
  }

  @Override
  public Geometry geometry() {
    return geometry;
  }

  @Override
  public HostViews hosts() {
    return new HostViews() {
      @Override
      public int maxHosts() {
        return Geometry.SECTOR_512.maxHosts();
      }

      @Override
      public Optional<HostSighting> sighting(long hostId) {
        return Optional.ofNullable(world.deltas.get(hostId)).map(d -> d.sighting(watched));
      }

      @Override
      public LeaderRecord readDelta(long hostId) throws LeaseException {
        world.passMillis(1);
        FakeDelta delta = world.deltas.get(hostId);
        if (delta == null) {
          return LeaderRecord.freshDelta(name(), Geometry.SECTOR_512, 10);
        }
        return delta.record();
      }
    };
  }

  @Override
  public long highestHostIdUsed() {
    return world.deltas.keySet().stream().mapToLong(id -> id).max().orElse(0);
  }

  @Override
  public LeaseEnvironment environment() {
    return environment;
  }

  @Override
  public boolean usable() {
    return !dead && !invalid;
  }

  @Override
  public void ensureValid() throws LeaseException {
    if (!usable()) {
      throw new LeaseException(ErrorCode.ENOSPC, "lockspace " + name() + " has failed");
    }
  }

  @Override
  public boolean dead() {
    return dead;
  }

  @Override
  public void notifyHost(long hostId) {
    notified.add(hostId);
  }
}
