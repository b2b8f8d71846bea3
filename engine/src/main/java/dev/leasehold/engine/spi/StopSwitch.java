// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.spi;

import dev.leasehold.engine.port.Tasks;
import dev.leasehold.lease.Clock;
import dev.leasehold.lease.Pause;
import java.time.Duration;

/**
 * A {@link Pause} over {@link Tasks}: waits that can be called off once and for all. Thread-safe.
 */
public final class StopSwitch implements Pause {

  private final Clock clock;
  private final Tasks.Signal signal;
  private volatile boolean off;

  /** A switch that has not been called off. */
  public StopSwitch(Clock clock, Tasks tasks) {
    this.clock = clock;
    this.signal = tasks.newSignal();
  }

  /** Calls off every wait, now and later. Idempotent. */
  public void callOff() {
    off = true;
    signal.raise();
  }

  @Override
  public boolean calledOff() {
    return off;
  }

  @Override
  public boolean sleep(Duration duration) {
    long end = clock.bootNanos() + duration.toNanos();
    while (true) {
      long seen = signal.version();
      if (off) {
        return false;
      }
      long left = end - clock.bootNanos();
      if (left <= 0) {
        return true;
      }
      signal.await(seen, Duration.ofNanos(left));
    }
  }
}
