// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import static java.lang.System.Logger.Level.WARNING;

import java.time.Duration;

/** A line for the log that is said once a second at most, with how often it was kept back. */
final class RareLine {
  private static final long INTERVAL = Duration.ofSeconds(1).toNanos();

  private final DaemonSide daemon;
  private long lastNanos = System.nanoTime() - INTERVAL;
  private long keptBack;

  RareLine(DaemonSide daemon) {
    this.daemon = daemon;
  }

  synchronized void say(String line) {
    long now = System.nanoTime();
    if (now - lastNanos < INTERVAL) {
      keptBack++;
      return;
    }
    lastNanos = now;
    daemon.say(WARNING, keptBack == 0 ? line : line + " (and " + keptBack + " more before)");
    keptBack = 0;
  }
}
