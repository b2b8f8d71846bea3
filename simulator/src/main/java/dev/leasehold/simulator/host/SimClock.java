// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.host;

import dev.leasehold.lease.Clock;
import dev.leasehold.simulator.kernel.Scheduler;
import java.time.Instant;

/**
 * The clocks of one boot of one machine. They run at a rate of their own, the monotonic one stands
 * still while the machine is suspended, and the wall clock jumps.
 */
public final class SimClock implements Clock {

  private static final long SECOND = 1_000_000_000L;

  private final Scheduler scheduler;
  private final long bootedAt;
  private final long bootAge;
  private final double rate;
  private long suspendedSince = -1;
  private long suspendedTotal;
  private long wallOffsetNanos;

  /**
   * Sets it up.
   *
   * @param scheduler true time
   * @param ageSeconds what both clocks show now
   * @param partsPerMillion how much faster than true time this machine's clocks run
   */
  public SimClock(Scheduler scheduler, long ageSeconds, long partsPerMillion) {
    this.scheduler = scheduler;
    this.bootedAt = scheduler.now();
    this.bootAge = ageSeconds * SECOND;
    this.rate = 1.0 + partsPerMillion / 1e6;
  }

  @Override
  public long monotonicSeconds() {
    return monotonicNanos() / SECOND;
  }

  @Override
  public long bootNanos() {
    return bootAge + stretch(scheduler.now() - bootedAt);
  }

  @Override
  public Instant wallTime() {
    long nanos = bootNanos() + wallOffsetNanos;
    return Instant.ofEpochSecond(1_700_000_000L + nanos / SECOND, nanos % SECOND);
  }

  /** CLOCK_MONOTONIC in nanoseconds. */
  public long monotonicNanos() {
    long suspended = suspendedTotal;
    if (suspendedSince >= 0) {
      suspended += scheduler.now() - suspendedSince;
    }
    return bootNanos() - stretch(suspended);
  }

  /** True time that passes while this machine's clocks count {@code hostNanos}. */
  public long trueNanos(long hostNanos) {
    return (long) Math.ceil(hostNanos / rate);
  }

  /** Stops the monotonic clock. */
  public void suspend() {
    suspendedSince = scheduler.now();
  }

  /** Lets the monotonic clock run on. */
  public void resume() {
    suspendedTotal += scheduler.now() - suspendedSince;
    suspendedSince = -1;
  }

  /** Whether the monotonic clock stands still. */
  public boolean suspended() {
    return suspendedSince >= 0;
  }

  /** Sets the wall clock forward, or back if negative. */
  public void jumpWallClock(long seconds) {
    wallOffsetNanos += seconds * SECOND;
  }

  private long stretch(long trueNanos) {
    return (long) (trueNanos * rate);
  }
}
