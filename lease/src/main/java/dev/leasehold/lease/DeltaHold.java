// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

/**
 * A delta lease as it was last written with success: by the join or by a renewal.
 *
 * @param member host id and generation
 * @param timestamp what is on disk and is to be told to the watchdog: CLOCK_MONOTONIC seconds,
 *     taken before the write was started
 * @param bootNanos {@link Clock#bootNanos()} at the same moment: our leases are good until 8N later
 */
public record DeltaHold(Member member, long timestamp, long bootNanos) {}
