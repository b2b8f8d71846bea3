// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Scanner;
import org.junit.jupiter.api.Test;

class LinuxClockTest {

  private final LinuxClock clock = new LinuxClock();

  /** /proc/uptime is boot time, in seconds with two digits. */
  private static double uptimeSeconds() throws IOException {
    try (Scanner scanner = new Scanner(Files.readString(Path.of("/proc/uptime")))) {
      return scanner.useLocale(Locale.ROOT).nextDouble();
    }
  }

  @Test
  void bootTimeIsTheKernelsUptime() throws IOException {
    double before = uptimeSeconds();
    double now = clock.bootNanos() / 1e9;
    double after = uptimeSeconds();
    assertThat(now).isBetween(before - 0.01, after + 0.02);
  }

  @Test
  void bootTimeIsNotBehindMonotonicTimeAndNeverGoesBack() {
    long monotonic = clock.monotonicSeconds();
    long boot = clock.bootNanos();
    assertThat(boot / 1_000_000_000L).isGreaterThanOrEqualTo(monotonic);
    for (int i = 0; i < 10_000; i++) {
      long next = clock.bootNanos();
      assertThat(next).isGreaterThanOrEqualTo(boot);
      boot = next;
    }
  }

  @Test
  void monotonicSecondsAreThoseOfTheJvmsClockAndNeverZero() {
    // HotSpot's nanoTime is CLOCK_MONOTONIC on Linux.
    long before = System.nanoTime() / 1_000_000_000L;
    long now = clock.monotonicSeconds();
    long after = System.nanoTime() / 1_000_000_000L;
    assertThat(now).isBetween(Math.max(1, before), Math.max(1, after));
  }

  @Test
  void worksOnVirtualThreads() throws InterruptedException {
    long[] seen = new long[1];
    Thread.ofVirtual().start(() -> seen[0] = clock.bootNanos()).join();
    assertThat(seen[0]).isPositive();
  }
}
