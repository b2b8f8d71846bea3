// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.socket;

import java.io.IOException;

/** Where connections come from. Thread-safe. */
public interface StreamListener extends AutoCloseable {

  /**
   * Waits for the next connection.
   *
   * @throws java.nio.channels.ClosedChannelException when closed
   * @throws IOException if one could not be accepted, e.g. for want of descriptors; it may be tried
   *     again later
   */
  StreamConnection accept() throws IOException;

  /** Accepts no more; accepted connections stay. The socket's file stays too. Idempotent. */
  @Override
  void close();
}
