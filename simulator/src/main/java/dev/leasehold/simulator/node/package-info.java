// SPDX-License-Identifier: Apache-2.0

/**
 * A daemon as a simulated cluster uses it, whichever program it is: the real engine, or the model
 * of the original.
 *
 * <p>It hands calls on and judges nothing.
 */
@NullMarked
package dev.leasehold.simulator.node;

import org.jspecify.annotations.NullMarked;
