// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.chost;

/**
 * How one C daemon is configured.
 *
 * @param hostId its host id
 * @param hostName its name, another one at every start
 * @param ioTimeout N in seconds
 * @param watchdogFire W in seconds
 * @param grace g in seconds
 */
public record CSettings(long hostId, String hostName, int ioTimeout, int watchdogFire, int grace) {}
