// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import java.time.Duration;

/**
 * One successful renewal and the failures after it (docs/spec/algorithms.md 4.7).
 *
 * @param timestamp CLOCK_MONOTONIC seconds, as on disk
 * @param readTime of the area
 * @param writeTime of our record
 * @param nextTimeouts attempts after it that timed out
 * @param nextErrors attempts after it that failed otherwise
 */
public record RenewalRecord(
    long timestamp, Duration readTime, Duration writeTime, int nextTimeouts, int nextErrors) {}
