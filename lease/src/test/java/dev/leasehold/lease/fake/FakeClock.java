// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.fake;

import dev.leasehold.lease.Clock;
import java.time.Duration;
import java.time.Instant;

/** The world's time; a host can be suspended, which CLOCK_MONOTONIC does not count. */
public final class FakeClock implements Clock {
  private final World world;
  private long suspendedNanos;

  /** A clock that was never suspended. */
  public FakeClock(World world) {
    this.world = world;
  }

  /** Suspends the host. */
  public void suspend(Duration duration) {
    suspendedNanos += duration.toNanos();
    world.sleep(duration);
  }

  @Override
  public long monotonicSeconds() {
    return Math.max(1, Duration.ofNanos(world.now() - suspendedNanos).toSeconds());
  }

  @Override
  public long bootNanos() {
    return world.now();
  }

  @Override
  public Instant wallTime() {
    return Instant.EPOCH.plusNanos(world.now());
  }
}
