// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.kernel;

/**
 * An invariant that did not hold.
 *
 * @param nanos simulated time
 * @param invariant which one, one word
 * @param message what was seen
 */
public record Violation(long nanos, String invariant, String message) {}
