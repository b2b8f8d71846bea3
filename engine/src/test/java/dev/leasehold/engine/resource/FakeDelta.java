// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.lease.HostSighting;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.OptionalLong;

/** A host's delta lease, played: it is renewed every 20 s as long as the host lives. */
final class FakeDelta {
  private static final long PERIOD = Duration.ofSeconds(20).toNanos();

  private final World world;
  private final long hostId;
  private final Name hostName;
  private final long generation;
  private final long joined;
  private OptionalLong died = OptionalLong.empty();
  private boolean left;

  FakeDelta(World world, long hostId, String hostName, long generation) {
    this.world = world;
    this.hostId = hostId;
    this.hostName = Name.of(hostName);
    this.generation = generation;
    this.joined = world.time.bootNanos();
  }

  /** The host loses its power. */
  void die() {
    died = OptionalLong.of(world.time.bootNanos());
  }

  /** The host leaves in good order. */
  void leave() {
    left = true;
  }

  private long lastRenewal() {
    long now = died.orElse(world.time.bootNanos());
    return now - (now - joined) % PERIOD;
  }

  private long timestamp() {
    return left ? 0 : lastRenewal() / 1_000_000_000L;
  }

  LeaderRecord record() {
    LeaderRecord record = LeaderRecord.freshDelta(Name.of(World.LS), Geometry.SECTOR_512, 10);
    record = record.deltaAcquired(hostId, hostName, 1, World.TIMING.ioTimeout());
    return record.toBuilder().ownerGeneration(generation).timestamp(timestamp()).build();
  }

  /** As a host that has looked since {@code watched} and looks again right now. */
  HostSighting sighting(long watched) {
    long now = world.time.bootNanos();
    long live = Math.max(watched, lastRenewal());
    return new HostSighting(
        hostId,
        hostId,
        generation,
        hostName,
        timestamp(),
        new Timing(10, 60).ioTimeout(),
        watched,
        died.isPresent() || left ? now : live,
        OptionalLong.of(live));
  }
}
