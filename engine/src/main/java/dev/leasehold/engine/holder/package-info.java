// SPDX-License-Identifier: Apache-2.0

/**
 * The processes for which leases are held: registrations, restrictions, kill programs, and the
 * ending of processes whose lease is lost (docs/spec/algorithms.md 4.6, 5.1).
 *
 * <p>It must not read or write a lease, and must not signal anything but a pinned process.
 */
@NullMarked
package dev.leasehold.engine.holder;

import org.jspecify.annotations.NullMarked;
