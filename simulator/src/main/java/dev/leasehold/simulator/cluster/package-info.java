// SPDX-License-Identifier: Apache-2.0

/**
 * A whole simulated cluster: machines with daemons and guests, what goes wrong with them, and the
 * invariants that are checked at every step.
 *
 * <p>It drives production code through its ports only and decides nothing about a lease.
 */
@NullMarked
package dev.leasehold.simulator.cluster;

import org.jspecify.annotations.NullMarked;
