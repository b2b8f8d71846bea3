// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import java.util.Arrays;

/** Times of one operation, in nanoseconds. Not thread-safe. */
final class Samples {
  private long[] values = new long[256];
  private int size;

  void add(long nanos) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = nanos;
  }

  int size() {
    return size;
  }

  /** Half of the times are not longer. Milliseconds; NaN without samples. */
  double median() {
    return quantile(0.5);
  }

  /** 99 of 100 times are not longer. Milliseconds; NaN without samples. */
  double p99() {
    return quantile(0.99);
  }

  private double quantile(double part) {
    if (size == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    int index = (int) Math.ceil(part * size) - 1;
    return sorted[Math.max(index, 0)] / 1e6;
  }
}
