// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.linux.socket.StreamConnection;
import dev.leasehold.sanlock.wire.ByteSource;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;

/**
 * The bytes of one message, with a limit on the time from its first byte to its last unless the
 * connection is registered. Not thread-safe.
 */
final class MessageSource implements ByteSource {
  private static final int DRAIN_CHUNK = 8192;

  private final StreamConnection connection;
  private final Optional<Duration> limit;
  private long deadline;

  MessageSource(StreamConnection connection, Optional<Duration> limit) {
    this.connection = connection;
    this.limit = limit;
  }

  /**
   * Waits for the first bytes as long as it takes, then for the rest.
   *
   * @return empty if the stream ends before, also in the middle
   * @throws SocketTimeoutException if the rest did not come in time
   */
  Optional<byte[]> first(int count) throws IOException {
    byte[] bytes = new byte[count];
    int got = connection.read(bytes, 0, count);
    if (got == StreamConnection.END) {
      return Optional.empty();
    }
    limit.ifPresent(length -> deadline = System.nanoTime() + length.toNanos());
    return fill(bytes, got) ? Optional.of(bytes) : Optional.empty();
  }

  @Override
  public byte[] take(int count) throws IOException {
    byte[] bytes = new byte[count];
    if (!fill(bytes, 0)) {
      throw new EOFException("the stream ended in the middle of a message");
    }
    return bytes;
  }

  private boolean fill(byte[] bytes, int from) throws IOException {
    int got = from;
    while (got < bytes.length) {
      int more = read(bytes, got, bytes.length - got);
      if (more == StreamConnection.END) {
        return false;
      }
      got += more;
    }
    return true;
  }

  private int read(byte[] into, int offset, int length) throws IOException {
    if (limit.isEmpty()) {
      return connection.read(into, offset, length);
    }
    return connection.read(into, offset, length, left());
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  /**
   * Reads and drops what is left of a message.
   *
   * @throws EOFException if the stream ends
   */
  void drain(long count) throws IOException {
    byte[] sink = new byte[(int) Math.min(count, DRAIN_CHUNK)];
    for (long left = count; left > 0; ) {
      int got = read(sink, 0, (int) Math.min(left, sink.length));
      if (got == StreamConnection.END) {
        throw new EOFException("the stream ended in the middle of a message");
      }
      left -= got;
    }
  }
}
