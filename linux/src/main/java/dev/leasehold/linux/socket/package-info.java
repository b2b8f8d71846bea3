// SPDX-License-Identifier: Apache-2.0

/**
 * Local stream sockets for doors: who connected (pid, uid, gid, and whether that very process still
 * lives), reads and writes with time limits, listeners handed over by systemd.
 *
 * <p>Thousands of connections may wait at once: a waiting thread is parked, and one platform thread
 * waits for all of them, so virtual threads hold no carrier while they wait. Knows nothing of what
 * travels over a connection.
 */
@NullMarked
package dev.leasehold.linux.socket;

import org.jspecify.annotations.NullMarked;
