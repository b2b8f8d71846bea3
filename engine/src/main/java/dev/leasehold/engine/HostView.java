// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.ondisk.Name;

/**
 * One host of a lockspace as it was last seen. Seconds are of our own boot-time clock, rounded
 * down, except {@code timestamp}; 0 means never.
 *
 * @param hostId whose sector
 * @param ownerId as the record says; normally the host id, 0 if it was never used
 * @param generation rises with every join of that host
 * @param ownerName the host's name
 * @param timestamp in seconds of that host's own clock; 0 if it has left
 * @param ioTimeout seconds, of that host
 * @param firstCheck when we first looked
 * @param lastCheck when we last looked
 * @param lastLive when we last saw its record change
 * @param lastRequest when we last accepted a request of it
 * @param state the verdict at the time of the call
 */
public record HostView(
    long hostId,
    long ownerId,
    long generation,
    Name ownerName,
    long timestamp,
    int ioTimeout,
    long firstCheck,
    long lastCheck,
    long lastLive,
    long lastRequest,
    HostState state) {}
