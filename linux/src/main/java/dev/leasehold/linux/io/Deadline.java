// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;

/**
 * Until when a caller waits.
 *
 * <p>By the clock that stands still while the host is suspended, as the storage does then. Whether
 * a lease is still good after a wait is judged by boot time, and not here (safety rule 4 of
 * docs/design.md).
 *
 * @param nanos a moment of {@link System#nanoTime}
 */
record Deadline(long nanos) {

  private static final Duration FOREVER = Duration.ofDays(36_500);

  static Deadline in(Duration timeout) {
    Duration bounded = timeout.compareTo(FOREVER) > 0 ? FOREVER : timeout;
    return new Deadline(System.nanoTime() + (bounded.isNegative() ? 0 : bounded.toNanos()));
  }

  /** Nanoseconds left; zero or negative when it has passed. */
  long left() {
    return nanos - System.nanoTime();
  }

  /** Whether the latch opened in time. */
  boolean await(CountDownLatch latch) {
    return uninterrupted(left -> latch.await(left, TimeUnit.NANOSECONDS));
  }

  /** Whether a permit was got in time. */
  boolean acquire(Semaphore semaphore) {
    return semaphore.tryAcquire()
        || uninterrupted(left -> semaphore.tryAcquire(left, TimeUnit.NANOSECONDS));
  }

  /** Waits until something holds that is signalled by a condition, whose lock is held. */
  boolean await(Condition condition, BooleanSupplier holds) {
    return uninterrupted(
        nanos -> {
          long left = nanos;
          while (!holds.getAsBoolean() && left > 0) {
            left = condition.awaitNanos(left);
          }
          return holds.getAsBoolean();
        });
  }

  private interface Wait {
    boolean of(long nanos) throws InterruptedException;
  }

  /** An interrupt does not cut a wait short: the port knows no outcome for it. It is kept. */
  private boolean uninterrupted(Wait wait) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return wait.of(left());
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
