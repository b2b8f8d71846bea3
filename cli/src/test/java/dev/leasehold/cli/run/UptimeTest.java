// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.leasehold.lease.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guard's clock is that of its container, the engine's that of the host. */
class UptimeTest {
  private static final long SECOND = 1_000_000_000L;

  @TempDir private Path directory;
  private Path file;
  private long bootNanos = 500_000 * SECOND;
  private Runnable whenRead = () -> {};
  private final Clock clock =
      new Clock() {
        @Override
        public long monotonicSeconds() {
          return bootNanos / SECOND;
        }

        @Override
        public long bootNanos() {
          whenRead.run();
          return bootNanos;
        }

        @Override
        public Instant wallTime() {
          return Instant.EPOCH;
        }
      };

  @BeforeEach
  void aFile() {
    file = directory.resolve("uptime");
  }

  private void shows(String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void onAHostItIsTheBootTimeClock() throws Exception {
    shows("500000.00 1006.66\n");
    assertThat(new Uptime(file, clock).at(bootNanos + 8 * SECOND)).isEqualTo(50_000_800);
  }

  @Test
  void inAContainerItCountsFromTheContainersStart() throws Exception {
    shows("12.34 0.00\n");
    assertThat(new Uptime(file, clock).at(bootNanos + 8 * SECOND)).isEqualTo(1234 + 800);
  }

  @Test
  void aPauseBetweenTheTwoReadingsDoesNotCount() throws Exception {
    shows("12.34 0.00\n");
    whenRead =
        () -> {
          whenRead = () -> {};
          bootNanos += 30 * SECOND;
          shows("42.34 0.00\n");
        };
    assertThat(new Uptime(file, clock).at(bootNanos)).isEqualTo(4234);
  }

  @Test
  void withoutItNothingStarts() {
    shows("soon\n");
    assertThatIOException().isThrownBy(() -> new Uptime(file, clock)).withMessageContaining("soon");
  }
}
