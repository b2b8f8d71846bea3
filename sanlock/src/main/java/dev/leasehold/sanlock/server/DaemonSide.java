// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.linux.socket.PeerProcess;

/** What the door needs to know of the daemon it belongs to, and tells it. Thread-safe. */
public interface DaemonSide {

  /** For STATUS. */
  DaemonFacts facts();

  /** For LOG_DUMP: the log in memory, oldest line first, without a final newline. */
  byte[] log();

  /** Takes a line for the log. Must not block. */
  void say(System.Logger.Level level, String line);

  /** CLOCK_MONOTONIC in whole seconds, as on disk. */
  long monotonicSeconds();

  /** Whether who can open the socket may use it. The original asks nobody. */
  default boolean mayConnect(PeerProcess peer) {
    return true;
  }

  /**
   * A client has ended the engine: every lockspace is gone, the process is to exit. Called once,
   * after the client has its reply.
   */
  void engineEnded();
}
