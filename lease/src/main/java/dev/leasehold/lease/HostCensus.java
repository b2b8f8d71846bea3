// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

/**
 * Which hosts a lockspace can have had until a moment shortly after a look at it. A new host writes
 * its delta record at least two seconds before it may write to any lease (the 2No of
 * docs/spec/algorithms.md 2.2, with an io timeout of at least 1 s), and no record ever returns to
 * what the lockspace was formatted with. So whoever has no record in a look has written to no lease
 * until two seconds after that look began, and a scan that ended before need not cover its sector.
 *
 * @param highest the highest host id with a record, 0 if there is none
 * @param goodUntil bootNanos; scans that have ended by then may rely on it
 */
public record HostCensus(long highest, long goodUntil) {
  /**
   * How long after the beginning of a look it is good: less than two seconds, for clocks that
   * differ.
   */
  public static final long GOOD_NANOS = 1_500_000_000L;
}
