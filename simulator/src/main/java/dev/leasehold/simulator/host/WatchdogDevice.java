// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.host;

import dev.leasehold.simulator.kernel.Scheduler;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The watchdog of one boot of one machine, with the test daemon in front of it: if a test is not
 * renewed or cleared before it expires, the machine is reset {@code W} seconds after the last
 * keep-alive, which is just before the expiry at the latest (docs/spec/algorithms.md 6.2).
 */
public final class WatchdogDevice {

  private static final long SECOND = 1_000_000_000L;

  private final Scheduler scheduler;
  private final SimClock clock;
  private final long fireSeconds;
  private final LongSupplier earlyNanos;
  private final Runnable reset;
  private final Set<Armed> tests = new LinkedHashSet<>();

  /** One test that has not been dropped. */
  private static final class Armed {
    long expireSeconds;
    long checks;
  }

  /**
   * Sets it up.
   *
   * @param scheduler simulated time
   * @param clock the machine's clocks
   * @param fireSeconds W
   * @param earlyNanos how much before the latest moment it fires, drawn at each renewal
   * @param reset resets the machine
   */
  public WatchdogDevice(
      Scheduler scheduler,
      SimClock clock,
      long fireSeconds,
      LongSupplier earlyNanos,
      Runnable reset) {
    this.scheduler = scheduler;
    this.clock = clock;
    this.fireSeconds = fireSeconds;
    this.earlyNanos = earlyNanos;
    this.reset = reset;
  }

  /** A handle to one test; 0 seconds disarm it. */
  interface Test {
    void expireAt(long monotonicSeconds);

    /** Its connection is closed: an armed test stays and will fire. */
    void close();
  }

  /** A new test, not armed. */
  Test open() {
    Armed armed = new Armed();
    return new Test() {
      @Override
      public void expireAt(long monotonicSeconds) {
        armed.expireSeconds = monotonicSeconds;
        armed.checks++;
        if (monotonicSeconds == 0) {
          tests.remove(armed);
        } else {
          tests.add(armed);
          plan(armed);
        }
      }

      @Override
      public void close() {
        if (armed.expireSeconds == 0) {
          tests.remove(armed);
        }
      }
    };
  }

  /** Whether any test is armed. */
  public boolean armed() {
    return !tests.isEmpty();
  }

  /** The machine was reset: this boot's watchdog is no more. */
  public void retire() {
    tests.clear();
  }

  /** The machine was suspended, and the timer with it: it runs on now. */
  public void resume() {
    for (Armed armed : tests) {
      armed.checks++;
      plan(armed);
    }
  }

  private void plan(Armed armed) {
    long number = armed.checks;
    long due = (armed.expireSeconds + fireSeconds) * SECOND - earlyNanos.getAsLong();
    long wait = clock.trueNanos(due - clock.monotonicNanos());
    scheduler.after(
        wait,
        () -> {
          if (armed.checks == number && tests.contains(armed) && !clock.suspended()) {
            reset.run();
          }
        });
  }
}
