// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import java.io.IOException;

/**
 * One protocol that the daemon serves. The daemon starts its doors when the engine runs, in order,
 * and closes them in the reverse order.
 */
public interface Door extends AutoCloseable {

  /** For messages, e.g. {@code sanlock}. */
  String name();

  /**
   * Begins to serve; returns when clients can connect. Called once.
   *
   * @throws IOException if it cannot be served, with words for an administrator; the daemon does
   *     not start then
   */
  void start() throws IOException;

  /**
   * The daemon was asked to end: gives up what this door has taken on its own account, if nobody
   * uses it. Whatever is left in use keeps the daemon running, and the door serves on. May block on
   * storage.
   */
  default void retire() {}

  /**
   * Serves no more. Gives up no lease: what becomes of those is the engine's business. Idempotent,
   * also called if {@link #start} failed.
   */
  @Override
  void close();

  /** Makes a door of a daemon that is being started. */
  @FunctionalInterface
  interface Maker {

    /** The door, not yet started. */
    Door make(DaemonContext context);
  }
}
