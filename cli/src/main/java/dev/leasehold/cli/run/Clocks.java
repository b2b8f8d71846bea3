// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.lease.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Times in words. */
final class Clocks {
  private Clocks() {}

  /** The wall-clock time of a moment of the boot-time clock, e.g. {@code 10:23:41}. */
  static String timeOfDay(Clock clock, long bootNanos) {
    Instant at = clock.wallTime().plusNanos(bootNanos - clock.bootNanos());
    return DateTimeFormatter.ISO_LOCAL_TIME.format(
        LocalTime.ofInstant(at, ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS));
  }

  /** Whole seconds until then, at least 0. */
  static long secondsUntil(Clock clock, long bootNanos) {
    return Math.max(0, Duration.ofNanos(bootNanos - clock.bootNanos()).toSeconds());
  }
}
