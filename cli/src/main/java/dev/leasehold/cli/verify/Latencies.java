// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.verify;

import java.util.Locale;

/** How long transfers took, in classes that double. Thread-safe. */
final class Latencies {
  private static final int CLASSES = 40;
  private static final int WIDEST = 40;

  private final long[] counts = new long[CLASSES];
  private long total;
  private long slowest;

  synchronized void add(long nanos) {
    counts[classOf(nanos)]++;
    total++;
    slowest = Math.max(slowest, nanos);
  }

  /** Class i has durations below 2^i microseconds. */
  private static int classOf(long nanos) {
    return Math.min(CLASSES - 1, 64 - Long.numberOfLeadingZeros(Math.max(0, nanos / 1000)));
  }

  synchronized long count() {
    return total;
  }

  synchronized long slowestNanos() {
    return slowest;
  }

  /** A bound that this share of the transfers stayed below, in nanoseconds. */
  synchronized long quantileNanos(double share) {
    long wanted = (long) Math.ceil(total * share);
    long sum = 0;
    for (int i = 0; i < CLASSES; i++) {
      sum += counts[i];
      if (sum >= wanted) {
        return Math.min(slowest, 1000L << i);
      }
    }
    return slowest;
  }

  /** Milliseconds with three digits. */
  static String millis(long nanos) {
    double millis = nanos / 1e6;
    return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%.0f ms", millis);
  }

  /** One line a class. */
  synchronized String histogram() {
    StringBuilder text = new StringBuilder();
    long most = 1;
    int first = CLASSES;
    int last = 0;
    for (int i = 0; i < CLASSES; i++) {
      if (counts[i] > 0) {
        most = Math.max(most, counts[i]);
        first = Math.min(first, i);
        last = i;
      }
    }
    for (int i = first; i <= last; i++) {
      int bar = (int) Math.ceil((double) counts[i] * WIDEST / most);
      text.append(
          String.format(
              Locale.ROOT, "  < %-8s %s %d%n", millis(1000L << i), "█".repeat(bar), counts[i]));
    }
    return text.toString();
  }
}
