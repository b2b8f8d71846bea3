// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import java.time.Duration;

/**
 * What one client can take of the daemon at most.
 *
 * <p>A registered connection is never closed by the daemon, because its leases go with it
 * (docs/spec/wire.md 1.3): the limits on time do not concern it. Nobody else waits for it.
 *
 * @param connections open at once; when all are taken, the longest idle one without a registration
 *     makes room, or else the new one is closed
 * @param connectionsPerProcess open at once from one process
 * @param reserved how many of them only root and the daemon's own user can have
 * @param idle how long a connection without a registration must have sent nothing to make room
 * @param messageTime how long a message may take from its first byte to its last
 * @param replyTime how long a client may take to read a reply
 * @param badHeaders how many headers that are none are dropped before the connection is closed
 * @param drain bytes that are read and dropped at most, to find the next header
 */
public record ServerLimits(
    int connections,
    int connectionsPerProcess,
    int reserved,
    Duration idle,
    Duration messageTime,
    Duration replyTime,
    int badHeaders,
    int drain) {

  /** 4000 connections, 500 from one process, 16 reserved; 10 s for a message, 30 s for a reply. */
  public static final ServerLimits DEFAULT =
      new ServerLimits(
          4000,
          500,
          16,
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          8,
          1 << 20);

  /** The same with other numbers of connections. */
  public ServerLimits withConnections(int all, int perProcess, int forRoot) {
    return new ServerLimits(
        all, perProcess, forRoot, idle, messageTime, replyTime, badHeaders, drain);
  }

  /** The same with other times. */
  public ServerLimits withTimes(Duration idling, Duration message, Duration reply) {
    return new ServerLimits(
        connections, connectionsPerProcess, reserved, idling, message, reply, badHeaders, drain);
  }
}
