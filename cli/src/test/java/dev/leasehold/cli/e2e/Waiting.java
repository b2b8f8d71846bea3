// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.e2e;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting for a condition, never for a time. */
final class Waiting {
  private static final long POLL_MILLIS = 20;

  private Waiting() {}

  static void until(String what, Duration patience, BooleanSupplier condition) {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain for " + what);
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        throw new IllegalStateException("nobody interrupts tests", e);
      }
    }
  }
}
