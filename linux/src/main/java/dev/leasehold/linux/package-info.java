// SPDX-License-Identifier: Apache-2.0

/**
 * The adapters of the ports for Linux: clock, tasks, memory locking, host name; in {@code .io} the
 * direct input and output, in {@code .process} the processes by pidfd.
 *
 * <p>The only room that makes native calls, all of them through {@code .ffi}. It decides nothing
 * about leases.
 */
@NullMarked
package dev.leasehold.linux;

import org.jspecify.annotations.NullMarked;
