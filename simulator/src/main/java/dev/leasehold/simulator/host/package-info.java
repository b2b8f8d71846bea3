// SPDX-License-Identifier: Apache-2.0

/**
 * One simulated machine: its clocks, tasks, processes and watchdog, as the ports that production
 * code sees.
 *
 * <p>It knows nothing of leases: a machine runs whatever daemon it is given.
 */
@NullMarked
package dev.leasehold.simulator.host;

import org.jspecify.annotations.NullMarked;
