// SPDX-License-Identifier: Apache-2.0

/**
 * Whole clusters on one thread: simulated disks, clocks, processes and faults under a seeded
 * scheduler, with the safety rules checked at every step.
 *
 * <p>It never touches the real clock, real files or real processes.
 */
@NullMarked
package dev.leasehold.simulator;

import org.jspecify.annotations.NullMarked;
