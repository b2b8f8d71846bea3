// SPDX-License-Identifier: Apache-2.0

/**
 * The door for clients of the sanlock socket: reads requests, makes each one call of the engine,
 * and writes the reply that the original gives (docs/spec/wire.md).
 *
 * <p>Each connection has a virtual thread of its own, so no client waits for another one. The door
 * decides nothing about leases: it checks what belongs to the protocol (who may act for whom, one
 * command at a time, sizes and times) and leaves the rest to the engine.
 */
@NullMarked
package dev.leasehold.sanlock.server;

import org.jspecify.annotations.NullMarked;
