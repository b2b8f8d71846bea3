// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.node;

/**
 * A lease that a daemon reports as held.
 *
 * @param resource its name
 * @param shared how
 * @param lver its version; 0 if the daemon does not tell
 */
public record Grant(String resource, boolean shared, long lver) {}
