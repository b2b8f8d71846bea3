// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits between tries that other hosts stood in the way of: random, so that two hosts do not meet
 * again, and growing from about the length of one try up to a second (docs/spec/algorithms.md 8,
 * item 16; sanlock waits 0 to 1 s each time).
 */
final class BackOff {
  private static final long LEAST = 1_000_000L;
  private static final long MOST = 1_000_000_000L;

  private final RandomGenerator random;
  private long bound;

  /** Begins with about {@code first}. */
  BackOff(RandomGenerator random, Duration first) {
    this.random = random;
    this.bound = Math.clamp(first.toNanos(), LEAST, MOST);
  }

  /**
   * The next wait.
   *
   * @param tryNanos how long the try took that has just failed
   */
  Duration next(long tryNanos) {
    bound = Math.clamp(Math.max(bound, 2 * tryNanos), LEAST, MOST);
    long wait = random.nextLong(bound) + 1;
    bound = Math.min(2 * bound, MOST);
    return Duration.ofNanos(wait);
  }
}
