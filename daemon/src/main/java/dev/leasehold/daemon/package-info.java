// SPDX-License-Identifier: Apache-2.0
/**
 * The daemon: puts the engine on the ports of this host, opens the doors, and ends in good order.
 *
 * <p>The one place where the parts are put together. It decides nothing about leases: every request
 * goes from a door straight to the engine.
 */
@NullMarked
package dev.leasehold.daemon;

import org.jspecify.annotations.NullMarked;
