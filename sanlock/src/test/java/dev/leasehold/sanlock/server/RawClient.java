// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.linux.socket.StreamConnection;
import dev.leasehold.sanlock.wire.ByteSource;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyReader;
import dev.leasehold.sanlock.wire.Request;
import dev.leasehold.sanlock.wire.RequestBody;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** A client that sends whatever it is told to, right or wrong. */
public final class RawClient implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final StreamConnection connection;

  public RawClient(StreamConnection connection) {
    this.connection = connection;
  }

  public StreamConnection connection() {
    return connection;
  }

  /** Sends bytes. */
  public RawClient send(byte[] bytes) throws IOException {
    connection.write(bytes, 0, bytes.length, LIMIT);
    return this;
  }

  /** Sends a request. */
  public RawClient send(Request request) throws IOException {
    return send(request.encode());
  }

  /** Sends a request without a body. */
  public RawClient send(Command command, int flags, int data, int data2) throws IOException {
    return send(Request.of(command, flags, data, data2, RequestBody.None.NONE));
  }

  /** Registers; nothing is answered. */
  public RawClient register() throws IOException {
    return send(Command.REGISTER, 0, 0, 0);
  }

  /** Reads the reply to a command. */
  public Reply reply(Command command) throws IOException {
    return ReplyReader.read(command, source());
  }

  /** The result in the reply to a command. */
  public int result(Command command) throws IOException {
    return reply(command).header().data();
  }

  /** Bytes as they come. */
  public ByteSource source() {
    return count -> {
      byte[] bytes = new byte[count];
      for (int got = 0; got < count; ) {
        int more = connection.read(bytes, got, count - got, LIMIT);
        if (more == StreamConnection.END) {
          throw new EOFException("the daemon closed after " + got + " of " + count + " bytes");
        }
        got += more;
      }
      return bytes;
    };
  }

  /** Whether the daemon has closed the connection; waits for that or for something else to come. */
  public boolean isClosedByDaemon() throws IOException {
    return connection.read(new byte[1], 0, 1, LIMIT) == StreamConnection.END;
  }

  /** Whether the connection still answers: VERSION is answered always. */
  public boolean isAlive() throws IOException {
    send(Command.VERSION, 0, 0, 0);
    try {
      return reply(Command.VERSION).header().data2() == SessionCommands.VERSION;
    } catch (EOFException e) {
      return false;
    }
  }

  /** Whether nothing comes for a moment. */
  public boolean isSilent() throws IOException {
    try {
      connection.read(new byte[Header.SIZE], 0, Header.SIZE, Duration.ofMillis(30));
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    }
  }

  /** Ends the connection before the end of the test's block. */
  public void hangUp() {
    connection.close();
  }

  @Override
  public void close() {
    connection.close();
  }
}
