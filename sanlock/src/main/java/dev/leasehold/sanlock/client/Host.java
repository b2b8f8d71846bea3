// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.sanlock.wire.WireHost;

/**
 * A host of a lockspace.
 *
 * @param timestamp seconds of that host's clock
 * @param ioTimeout seconds, of that host
 */
public record Host(long hostId, long generation, long timestamp, int ioTimeout, HostState state) {

  static Host of(WireHost host) {
    return new Host(
        host.hostId(),
        host.generation(),
        host.timestamp(),
        host.ioTimeout(),
        HostState.of(host.flags()));
  }
}
