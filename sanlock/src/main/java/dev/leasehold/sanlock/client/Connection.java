// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.sanlock.wire.ByteSource;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/**
 * One connection to a daemon, with a deadline on every wait. What was received stays until it is
 * {@link #consume}d, so that a message whose end was not waited for can be read again from its
 * start. Not thread-safe, but {@link #close} may be called by anybody.
 */
final class Connection implements ByteSource, AutoCloseable {
  private static final long RETRY_MILLIS = 5;
  private static final int CHUNK = 16 * 1024;

  private final SocketChannel channel;
  private final Selector selector;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
  private byte[] received = new byte[0];
  private int position;
  private long deadline;

  private Connection(SocketChannel channel, Selector selector) {
    this.channel = channel;
    this.selector = selector;
  }

  /**
   * Connects.
   *
   * @throws IOException if nobody listens there, or the queue stays full
   */
  static Connection open(Path socket, Duration limit) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.configureBlocking(false);
      while (!connected(channel, socket)) {
        if (System.nanoTime() - deadline >= 0) {
          throw new SocketTimeoutException(socket + " takes no connection in time");
        }
        nap();
      }
      Selector selector = Selector.open();
      channel.register(selector, 0);
      return new Connection(channel, selector);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean connected(SocketChannel channel, Path socket) throws IOException {
    return channel.isConnectionPending()
        ? channel.finishConnect()
        : channel.connect(UnixDomainSocketAddress.of(socket));
  }

  private static void nap() throws InterruptedIOException {
    try {
      Thread.sleep(RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while connecting");
    }
  }

  /** From now on every wait together lasts no longer than that. */
  void allow(Duration limit) {
    deadline = System.nanoTime() + limit.toNanos();
  }

  /** Sends everything. */
  void send(byte[] message) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(message);
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
  }

  @Override
  public byte[] take(int count) throws IOException {
    while (received.length - position < count) {
      receive();
    }
    position += count;
    return Arrays.copyOfRange(received, position - count, position);
  }

  private void receive() throws IOException {
    chunk.clear();
    int got = channel.read(chunk);
    if (got < 0) {
      throw new EOFException("the daemon has closed the connection");
    }
    if (got == 0) {
      await(SelectionKey.OP_READ);
      return;
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream(received.length + got);
    all.writeBytes(received);
    all.write(chunk.array(), 0, got);
    received = all.toByteArray();
  }

  /** Waits until the daemon closes; what it sends meanwhile is dropped. */
  void awaitEnd() throws IOException {
    try {
      while (true) {
        take(1);
        consume();
      }
    } catch (EOFException e) {
      // As it should be.
    }
  }

  /** What was taken is done with. */
  void consume() {
    received = Arrays.copyOfRange(received, position, received.length);
    position = 0;
  }

  /** What was taken is to be taken again. */
  void rewind() {
    position = 0;
  }

  private void await(int operation) throws IOException {
    long millis = (deadline - System.nanoTime()) / 1_000_000;
    if (millis <= 0) {
      throw new SocketTimeoutException("the daemon did not answer in time");
    }
    for (SelectionKey key : selector.keys()) {
      key.interestOps(operation);
    }
    selector.select(millis);
    selector.selectedKeys().clear();
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while waiting for the daemon");
    }
  }

  @Override
  public void close() {
    try (selector;
        channel) {
      position = 0;
    } catch (IOException e) {
      // Nothing can be done about it, and nothing depends on it.
    }
  }
}
