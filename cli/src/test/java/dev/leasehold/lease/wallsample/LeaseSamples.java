// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.wallsample;

import java.io.FileInputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** Code that the module lease must never hold; see {@code WallsTest}. */
public final class LeaseSamples {
  private LeaseSamples() {}

  static final class WallClock {
    final Object value = Instant.now();
  }

  static final class ZonedClock {
    final Object value = ZonedDateTime.now();
  }

  static final class JavaTimeClock {
    final Object value = Clock.systemUTC();
  }

  static final class NanoTime {
    final long value = System.nanoTime();
  }

  static final class Millis {
    final long value = System.currentTimeMillis();
  }

  static final class Environment {
    final Object value = System.getenv("HOME");
  }

  static final class Output {
    final Object value = System.out;
  }

  static final class MathRandom {
    final double value = Math.random();
  }

  static final class OldRandom {
    final Object value = new Random(1);
  }

  static final class Secure {
    final Object value = new SecureRandom();
  }

  static final class PerThread {
    final Object value = ThreadLocalRandom.current();
  }

  static final class DefaultGenerator {
    final Object value = RandomGenerator.getDefault();
  }

  static final class RandomName {
    final Object value = UUID.randomUUID();
  }

  static final class Shuffled {
    static void shuffle(List<String> list) {
      Collections.shuffle(list);
    }
  }

  static final class FilePath {
    final Object value = Path.of("/");
  }

  static final class FileStream {
    static Object open() throws Exception {
      return new FileInputStream("/");
    }
  }
}
