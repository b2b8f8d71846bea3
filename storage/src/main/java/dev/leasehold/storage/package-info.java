// SPDX-License-Identifier: Apache-2.0

/**
 * The port through which sectors are read and written with a deadline, and the life of a lease
 * file.
 *
 * <p>It knows input and output only: no lease algorithm, no host, no holder. The native calls
 * behind the port are in {@code dev.leasehold.linux}.
 */
@NullMarked
package dev.leasehold.storage;

import org.jspecify.annotations.NullMarked;
