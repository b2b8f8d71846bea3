// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.lease.Clock;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * /proc/uptime, by which the guard counts. On a host it is CLOCK_BOOTTIME; in an LXC container it
 * is the time since the container was started, so moments must be converted.
 */
final class Uptime {
  private static final int NANOS_DIGITS = 9;
  private static final long NANOS_PER_HUNDREDTH = 10_000_000L;
  private static final int READINGS = 5;

  /** How far it is ahead of the boot-time clock, in nanoseconds; never more than the truth. */
  private final long ahead;

  /**
   * Compares it with the clock, a few times: a pause between the two readings gives too little.
   *
   * @throws IOException if it cannot be read
   */
  Uptime(Path file, Clock clock) throws IOException {
    long most = Long.MIN_VALUE;
    for (int i = 0; i < READINGS; i++) {
      long uptime = nanos(file);
      most = Math.max(most, uptime - clock.bootNanos());
    }
    this.ahead = most;
  }

  private static long nanos(Path file) throws IOException {
    String seconds = Files.readString(file).split(" ", 2)[0];
    try {
      return new BigDecimal(seconds).movePointRight(NANOS_DIGITS).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IOException(file + " shows no time: " + seconds, e);
    }
  }

  /**
   * What it shows at a moment of the boot-time clock, in hundredths of a second: the moment itself
   * or a little before it, never after it.
   */
  long at(long bootNanos) {
    return Math.floorDiv(bootNanos + ahead, NANOS_PER_HUNDREDTH);
  }
}
