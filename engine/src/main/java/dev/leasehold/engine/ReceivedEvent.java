// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

/**
 * Something that another host told this one. The same event comes again with every renewal of the
 * sender until its bit expires, so a receiver must be idempotent (docs/spec/algorithms.md 4.5).
 *
 * @param hostId our own host id
 * @param generation of this host, as the sender knows it; not checked
 * @param event what
 * @param data more
 * @param fromHostId who told it
 * @param fromGeneration the sender's generation
 */
public record ReceivedEvent(
    long hostId, long generation, long event, long data, long fromHostId, long fromGeneration) {}
