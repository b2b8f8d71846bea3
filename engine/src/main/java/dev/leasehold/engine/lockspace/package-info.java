// SPDX-License-Identifier: Apache-2.0

/**
 * Lockspaces of this host: joining, renewing, watching the other hosts, recovery
 * (docs/spec/algorithms.md 4).
 *
 * <p>It must not know how a lease is written (that is {@code dev.leasehold.lease}) nor who holds
 * one (that is behind {@code HolderSupervision}), and it never calls a port while it holds a lock.
 */
@NullMarked
package dev.leasehold.engine.lockspace;

import org.jspecify.annotations.NullMarked;
