// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import java.time.Instant;

/**
 * The clocks of this host (safety rule 4 of docs/design.md). Thread-safe.
 *
 * <p>Durations that decide safety are taken from {@link #bootNanos()}; what other programs read
 * (the disk, wdmd) is {@link #monotonicSeconds()}.
 */
public interface Clock {

  /**
   * CLOCK_MONOTONIC in whole seconds: the "timestamp" on disk. Never 0, because 0 means free
   * (algorithms.md 0.2).
   */
  long monotonicSeconds();

  /** CLOCK_BOOTTIME in nanoseconds: counts suspended time and never jumps. */
  long bootNanos();

  /** Wall-clock time, for messages and notes only. */
  Instant wallTime();
}
