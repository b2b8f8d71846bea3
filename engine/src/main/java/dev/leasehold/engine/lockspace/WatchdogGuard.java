// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.engine.port.Watchdog.WatchdogException;

/**
 * The watchdog test of one lockspace, so that a renewal which is under way while the test is being
 * cleared cannot arm it again for good: the renewal task and the check task do not wait for each
 * other. Thread-safe.
 */
final class WatchdogGuard {

  private final Watchdog.Test test;
  private volatile boolean cleared;

  WatchdogGuard(Watchdog.Test test) {
    this.test = test;
  }

  /**
   * Arms until {@code expireSeconds}, unless cleared.
   *
   * @param timestamp CLOCK_MONOTONIC seconds as on disk: never "now" (docs/spec/algorithms.md 6.3)
   */
  void live(long timestamp, long expireSeconds) throws WatchdogException {
    if (cleared) {
      return;
    }
    test.live(timestamp, expireSeconds);
    if (cleared) {
      test.clear();
    }
  }

  /** Disarms for good: nobody uses the lockspace any more. May be repeated. */
  void clear() throws WatchdogException {
    cleared = true;
    test.clear();
  }

  /** Gives the connection back. If it was armed and not cleared, the host will be reset. */
  void close() {
    test.close();
  }
}
