// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.linux.socket.StreamConnection;
import dev.leasehold.linux.socket.UnixSockets;
import dev.leasehold.sanlock.wire.ByteSource;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyReader;
import dev.leasehold.sanlock.wire.Request;
import dev.leasehold.sanlock.wire.RequestBody;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Asks a daemon one thing, with the numbers that libsanlock would return. Waits as long as the
 * daemon takes, as the original does: an interrupted command would not be undone.
 */
final class Caller {
  private static final String DEFAULT_DIRECTORY = "/run/sanlock";
  private static final Duration CONNECT = Duration.ofSeconds(30);
  private static final int ECONNREFUSED = -111;
  private static final int ENOENT = -2;
  private static final int BROKEN = -1;

  private final UnixSockets sockets = new UnixSockets();
  private final Path socket;

  Caller(Map<String, String> environment) {
    this.socket =
        Path.of(environment.getOrDefault("SANLOCK_RUN_DIR", DEFAULT_DIRECTORY), "sanlock.sock");
  }

  /**
   * What came of it.
   *
   * @param number the result
   * @param reply what the daemon sent, if it did
   */
  record Outcome(int number, Optional<Reply> reply) {
    boolean failed() {
      return number < 0;
    }
  }

  /** Sends a request on a connection of its own and reads the reply. */
  Outcome ask(Command command, int flags, int data, int data2, RequestBody body) {
    try (StreamConnection connection = connect()) {
      send(connection, Request.of(command, flags, data, data2, body));
      Reply reply = ReplyReader.read(command, new Source(connection));
      return new Outcome(reply.header().data(), Optional.of(reply));
    } catch (IOException e) {
      return new Outcome(number(e), Optional.empty());
    }
  }

  /** Sends a request that is not answered; the daemon closes the connection. */
  int tell(Command command, int data) {
    try (StreamConnection connection = connect()) {
      send(connection, Request.of(command, 0, data, 0, RequestBody.None.NONE));
      byte[] nothing = new byte[1];
      int _ = connection.read(nothing, 0, 1);
      return 0;
    } catch (IOException e) {
      return number(e);
    }
  }

  StreamConnection connect() throws IOException {
    return sockets.connect(socket, CONNECT);
  }

  static void send(StreamConnection connection, Request request) throws IOException {
    byte[] bytes = request.encode();
    connection.write(bytes, 0, bytes.length);
  }

  /** What libsanlock returns for it. */
  static int number(IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return ENOENT;
    }
    return failure instanceof ConnectException ? ECONNREFUSED : BROKEN;
  }

  /** The bytes of a connection. */
  record Source(StreamConnection connection) implements ByteSource {
    @Override
    public byte[] take(int count) throws IOException {
      byte[] bytes = new byte[count];
      int filled = 0;
      while (filled < count) {
        int read = connection.read(bytes, filled, count - filled);
        if (read < 0) {
          throw new EOFException("the daemon has closed the connection");
        }
        filled += read;
      }
      return bytes;
    }
  }
}
