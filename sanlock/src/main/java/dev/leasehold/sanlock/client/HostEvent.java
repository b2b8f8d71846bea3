// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.sanlock.wire.EventMessage;

/**
 * Something that another host told this one. The same event comes again with every renewal of its
 * sender for a while, so its receiver must be idempotent.
 *
 * @param hostId our own host id
 * @param generation of this host, as the sender knows it
 * @param fromHostId who told it
 * @param fromGeneration of the sender
 */
public record HostEvent(
    long hostId, long generation, long event, long data, long fromHostId, long fromGeneration) {

  static HostEvent of(EventMessage message) {
    return new HostEvent(
        message.event().hostId(),
        message.event().generation(),
        message.event().event(),
        message.event().data(),
        message.fromHostId(),
        message.fromGeneration());
  }
}
