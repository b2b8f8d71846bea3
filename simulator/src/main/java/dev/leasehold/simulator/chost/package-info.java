// SPDX-License-Identifier: Apache-2.0

/**
 * A second, independent model of a host: the exact on-disk behaviour of the original C daemon as
 * docs/spec/algorithms.md has it, without our improvements, so that mixed clusters can be
 * simulated.
 *
 * <p>It shares no code with {@code ondisk}, {@code lease} or {@code engine}, on purpose: an error
 * there must not be repeated here.
 */
@NullMarked
package dev.leasehold.simulator.chost;

import org.jspecify.annotations.NullMarked;
