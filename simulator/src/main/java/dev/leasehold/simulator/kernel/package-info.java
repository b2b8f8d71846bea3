// SPDX-License-Identifier: Apache-2.0

/**
 * Simulated time and the tasks that live in it: exactly one task runs at any moment, and the seed
 * alone decides which.
 *
 * <p>It knows nothing of hosts, disks or leases, and never asks a real clock.
 */
@NullMarked
package dev.leasehold.simulator.kernel;

import org.jspecify.annotations.NullMarked;
