// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.socket;

import java.io.IOException;
import java.time.Duration;

/**
 * One end of a connected stream. One thread may read while another one writes; beyond that calls
 * are to be kept apart by the user. {@link #close} may be called by anybody at any time and ends
 * every wait.
 *
 * <p>Time limits are of CLOCK_MONOTONIC: they bound how long somebody is waited for, they never
 * decide about a lease. Every method throws {@link java.nio.channels.ClosedChannelException} when
 * this end is closed.
 */
public interface StreamConnection extends AutoCloseable {

  /** What the reads return at the end of the stream. */
  int END = -1;

  /**
   * Who connected.
   *
   * @throws IOException if the kernel does not tell
   */
  PeerProcess peer() throws IOException;

  /**
   * Whether the very process that connected has ended. A child of it may still use the connection.
   * On kernels before Linux 6.5 this cannot be told, and the answer is no.
   */
  boolean peerEnded();

  /**
   * Reads what there is, at least one byte; waits as long as it takes.
   *
   * @return how many bytes, or {@link #END}, also when the other end is gone without a good-bye
   */
  int read(byte[] into, int offset, int length) throws IOException;

  /**
   * As {@link #read(byte[], int, int)}, but waits no longer than {@code limit}.
   *
   * @throws java.net.SocketTimeoutException if nothing came in time
   */
  int read(byte[] into, int offset, int length, Duration limit) throws IOException;

  /**
   * Reads what there is without waiting.
   *
   * @return how many bytes, 0 if there is nothing, or {@link #END}
   */
  int readNow(byte[] into, int offset, int length) throws IOException;

  /** Writes everything; waits as long as it takes. */
  void write(byte[] from, int offset, int length) throws IOException;

  /**
   * Writes everything, or as much as can be written within {@code limit}.
   *
   * @throws java.net.SocketTimeoutException if there was no room in time; some of it may be written
   */
  void write(byte[] from, int offset, int length, Duration limit) throws IOException;

  /**
   * Writes without waiting.
   *
   * @return how many bytes there was room for
   */
  int writeNow(byte[] from, int offset, int length) throws IOException;

  /** Says that nothing more will be written; the other end sees the end of the stream. */
  void shutdownOutput() throws IOException;

  /**
   * Whether a program that this process turns into, by exec(3), inherits the connection. It does
   * not unless told so.
   */
  void keepOnExec(boolean keep) throws IOException;

  /** Its number in this process, for messages and for programs that inherit it. */
  int descriptor();

  /** Closes this end. Idempotent; never blocks. */
  @Override
  void close();
}
