// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.holder.HolderId;

/**
 * A registered connection as the target of tied commands: one at a time, from whatever connection
 * (docs/spec/wire.md 1.6). Thread-safe.
 */
final class Registration {
  private final Client client;
  private final HolderId holder;
  private final int pid;
  private int running;
  private boolean ended;
  private boolean appendPid;

  Registration(Client client, HolderId holder, int pid) {
    this.client = client;
    this.holder = holder;
    this.pid = pid;
  }

  Client client() {
    return client;
  }

  HolderId holder() {
    return holder;
  }

  int pid() {
    return pid;
  }

  /**
   * Begins a command, to be ended with {@link #release}.
   *
   * @return false if one is running, or the connection has ended
   */
  synchronized boolean claim(int command) {
    if (running != 0 || ended) {
      return false;
    }
    running = command;
    return true;
  }

  /**
   * Ends the command.
   *
   * @return whether the connection has ended meanwhile
   */
  synchronized boolean release() {
    running = 0;
    return ended;
  }

  /**
   * The connection has ended.
   *
   * @return whether a command is still running
   */
  synchronized boolean end() {
    ended = true;
    return running != 0;
  }

  /** The number of the running command, or 0. */
  synchronized int running() {
    return running;
  }

  synchronized boolean ended() {
    return ended;
  }

  /** Whether the pid is appended to the kill program: once asked for it stays so (4.3). */
  synchronized boolean appendPid(boolean wanted) {
    appendPid |= wanted;
    return appendPid;
  }
}
