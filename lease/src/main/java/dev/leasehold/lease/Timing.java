// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import java.time.Duration;

/**
 * The times that keep two hosts apart, all derived from two numbers (docs/spec/algorithms.md 1.1).
 *
 * <p>Immutable. All durations are of {@link Clock#bootNanos()}.
 *
 * @param ioTimeout N: how long one transfer of this host may take, 1 to 255 seconds
 * @param watchdogFire W: seconds from the last ping of a host's watchdog to its reset, the same on
 *     all hosts
 */
public record Timing(int ioTimeout, int watchdogFire) {

  /** What sanlock's hosts use unless told otherwise. */
  public static final Timing DEFAULT = new Timing(10, 60);

  private static final long NANOS = 1_000_000_000L;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if N is not in 1 to 255 (one byte on disk) or W is negative
   */
  public Timing {
    if (ioTimeout < 1 || ioTimeout > 0xFF) {
      throw new IllegalArgumentException("io timeout " + ioTimeout + " is not in 1 to 255");
    }
    if (watchdogFire < 0) {
      throw new IllegalArgumentException("watchdog fire timeout " + watchdogFire + " is negative");
    }
  }

  /** N: the deadline of every transfer that has none of its own. */
  public Duration io() {
    return Duration.ofSeconds(ioTimeout);
  }

  /** 2N: the pause between renewals. */
  public Duration renewal() {
    return Duration.ofSeconds(2L * ioTimeout);
  }

  /** 6N: no renewal for so long deserves a warning. */
  public Duration renewalWarn() {
    return Duration.ofSeconds(6L * ioTimeout);
  }

  /** 8N: no renewal for so long and the lockspace is lost. */
  public Duration renewalFail() {
    return Duration.ofSeconds(8L * ioTimeout);
  }

  /** 8N + W: the deadline of a renewal's write, deliberately long. */
  public Duration renewalWrite() {
    return hostDead(ioTimeout);
  }

  /** 6N: how long a notification bit stays set, unless configured otherwise. */
  public Duration setBitmap() {
    return Duration.ofSeconds(6L * ioTimeout);
  }

  /**
   * 8No + W: once a host has been seen without a sign of life for <em>more</em> than this, it was
   * reset by its watchdog (docs/spec/algorithms.md 1.3).
   *
   * @param ownerIoTimeout No of that host; 0 (not recorded) stands for our own N
   */
  public Duration hostDead(int ownerIoTimeout) {
    return Duration.ofSeconds(8L * orOwn(ownerIoTimeout) + watchdogFire);
  }

  /**
   * Whether a host without a sign of life since {@code sinceBootNanos} is provably gone: more than
   * 8No + W whole seconds have passed. Whole seconds, because hosts that run C compare truncated
   * values, and nobody may be declared dead earlier by us than by them.
   *
   * @param sinceBootNanos our clock when the sign of life had just been read, or later
   * @param nowBootNanos our clock before the read that still found no newer sign was started
   * @param ownerIoTimeout No of that host; 0 stands for our own N
   */
  public boolean isDead(long sinceBootNanos, long nowBootNanos, int ownerIoTimeout) {
    return Math.floorDiv(nowBootNanos - sinceBootNanos, NANOS)
        > hostDead(ownerIoTimeout).toSeconds();
  }

  /**
   * When {@link #isDead} turns true at the earliest.
   *
   * @return bootNanos
   */
  public long deadFrom(long sinceBootNanos, int ownerIoTimeout) {
    return sinceBootNanos + (hostDead(ownerIoTimeout).toSeconds() + 1) * NANOS;
  }

  /**
   * 2No: how long a host waits between writing its delta lease and reading it back. Not shorter
   * than 2N either, so that a rival with our own io timeout cannot slip in a late write unseen.
   *
   * @param recordedIoTimeout No of the record that is taken over; 0 stands for our own N
   */
  public Duration deltaShortDelay(int recordedIoTimeout) {
    return Duration.ofSeconds(2L * Math.max(orOwn(recordedIoTimeout), ioTimeout));
  }

  /** {@code recorded}, or our own N where a record has 0. */
  public int orOwn(int recorded) {
    return recorded == 0 ? ioTimeout : recorded;
  }
}
