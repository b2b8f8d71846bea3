// SPDX-License-Identifier: Apache-2.0

/**
 * Lockspaces, holders and resources: joining, renewing, watching other hosts, recovery, killing.
 *
 * <p>It talks to its ports only: no clock, sleep, random number, thread, file or process of its
 * own, so that a whole cluster can run in one thread of the simulator.
 */
@NullMarked
package dev.leasehold.engine;

import org.jspecify.annotations.NullMarked;
