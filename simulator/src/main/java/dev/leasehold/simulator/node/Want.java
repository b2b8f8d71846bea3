// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.node;

/**
 * A lease that somebody wants.
 *
 * @param resource its name
 * @param shared how
 * @param create make the lease file if it is missing
 */
public record Want(String resource, boolean shared, boolean create) {}
