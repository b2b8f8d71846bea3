// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import java.time.Duration;
import java.util.Optional;

/**
 * A lockspace at one moment.
 *
 * @param spec what it is
 * @param state which list it is on
 * @param generation of our host lease; 0 while it is being added
 * @param ioTimeout seconds
 * @param geometry sizes, once they have been read
 * @param dead whether it is failing or being removed: no new lease is granted in it
 * @param killing whether its holders are being killed
 * @param used whether it was declared used
 * @param usedByOrphans whether orphans count as use
 * @param corruptResult the first renewal result that showed our record overwritten
 * @param lastSuccess CLOCK_MONOTONIC seconds of the last successful renewal (as on disk); 0 if none
 * @param lastAttempt CLOCK_MONOTONIC seconds of the last attempt; 0 if none
 * @param lastResult how the last attempt ended; empty for success
 * @param remaining how long our host lease is still good without another renewal; zero if it is not
 */
public record LockspaceView(
    LockspaceSpec spec,
    LockspaceState state,
    long generation,
    int ioTimeout,
    Optional<Geometry> geometry,
    boolean dead,
    boolean killing,
    boolean used,
    boolean usedByOrphans,
    Optional<ErrorCode> corruptResult,
    long lastSuccess,
    long lastAttempt,
    Optional<ErrorCode> lastResult,
    Duration remaining) {}
