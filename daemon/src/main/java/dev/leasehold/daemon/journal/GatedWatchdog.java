// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.journal;

import dev.leasehold.engine.port.Watchdog;
import java.time.Duration;

/**
 * Lets no lockspace be joined while a process has leases in it that this daemon does not know of.
 * For joining writes a new generation to the disk, and other hosts take the leases of an older one
 * at once (docs/spec/algorithms.md 3.11).
 *
 * <p>The engine opens the watchdog before it writes anything, which makes this the gate. A watchdog
 * that forgets what it guarded is opened for no lockspace at all before everybody has ended: its
 * timer may be all that still threatens a process that cannot be killed.
 */
final class GatedWatchdog implements Watchdog {
  private static final String PREFIX = "sanlock_";
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Watchdog watchdog;
  private final Leftovers leftovers;

  GatedWatchdog(Watchdog watchdog, Leftovers leftovers) {
    this.watchdog = watchdog;
    this.leftovers = leftovers;
  }

  @Override
  public boolean protects() {
    return watchdog.protects();
  }

  @Override
  public String description() {
    return watchdog.description();
  }

  @Override
  public int armed() {
    return watchdog.armed();
  }

  @Override
  public boolean remembersTests() {
    return watchdog.remembersTests();
  }

  @Override
  public Test open(String name) throws WatchdogException {
    boolean gone =
        watchdog.remembersTests()
            ? leftovers.awaitGone(lockspace(name), LIMIT)
            : leftovers.awaitAllGone(LIMIT);
    if (!gone) {
      throw new WatchdogException(
          "processes run that have leases of a daemon that was killed, and do not end; the log"
              + " names them");
    }
    return watchdog.open(name);
  }

  /** {@code sanlock_LOCKSPACE:HOST_ID}, where the lockspace may have a colon itself. */
  static String lockspace(String name) {
    int end = name.lastIndexOf(':');
    return name.substring(PREFIX.length(), end < 0 ? name.length() : end);
  }
}
