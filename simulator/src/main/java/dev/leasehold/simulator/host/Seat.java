// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.host;

import dev.leasehold.simulator.kernel.Dice;
import dev.leasehold.simulator.kernel.Scheduler;
import dev.leasehold.simulator.kernel.TaskGroup;
import java.time.Duration;

/**
 * Where one daemon process sits: what all its ports share.
 *
 * @param scheduler simulated time
 * @param lane number of the machine, from 1
 * @param group the daemon's tasks
 * @param clock the machine's clocks
 * @param dice chance in scheduling delays
 */
public record Seat(Scheduler scheduler, int lane, TaskGroup group, SimClock clock, Dice dice) {

  /** The longest wait that is counted: beyond it a wait is for ever. */
  private static final long FOREVER = Duration.ofDays(3650).toNanos();

  /** Most that a task wakes up late, in nanoseconds, when nothing is wrong. */
  private static final long WAKE_UP_DELAY = 300_000;

  /** First statement of every port call. */
  public void enter() {
    group.checkAlive();
  }

  /** True time at which {@code duration} of this machine's boot time will have passed. */
  public long deadline(Duration duration) {
    if (duration.isNegative()) {
      return scheduler.now();
    }
    long nanos = duration.compareTo(Duration.ofNanos(FOREVER)) > 0 ? FOREVER : duration.toNanos();
    return nanos == FOREVER ? Long.MAX_VALUE : scheduler.now() + clock.trueNanos(nanos);
  }

  /** A seeded scheduling delay. */
  public long wakeUpDelay() {
    return dice.between(1_000, WAKE_UP_DELAY);
  }
}
