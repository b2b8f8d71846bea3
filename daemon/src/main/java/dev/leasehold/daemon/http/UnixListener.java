// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.http;

import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * Serves the same as the JDK's server, which takes no local sockets: one request for each
 * connection, nothing of it but the first line is looked at. The socket is 0660: whoever may open
 * it may read. Thread-safe.
 */
final class UnixListener implements AutoCloseable {
  private static final int MOST_BYTES = 16 * 1024;
  private static final int MOST_CONNECTIONS = 64;
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final String OTHERWISE = "/";

  private final Path path;
  private final Map<String, HttpHandler> handlers;
  private final Executor executor;
  private final ServerSocketChannel server;
  private final Semaphore connections = new Semaphore(MOST_CONNECTIONS);

  private UnixListener(
      Path path, Map<String, HttpHandler> handlers, Executor executor, ServerSocketChannel server) {
    this.path = path;
    this.handlers = handlers;
    this.executor = executor;
    this.server = server;
  }

  /**
   * Listens.
   *
   * @param handlers by the path of the request; the one of "/" takes all others
   * @param executor of tasks that wait
   * @throws IOException if somebody listens there, or the socket cannot be made
   */
  static UnixListener start(Path path, Map<String, HttpHandler> handlers, Executor executor)
      throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
    if (Files.exists(path)) {
      removeIfNobodyListens(path, address);
    }
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(address);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
    } catch (IOException e) {
      server.close();
      throw e;
    }
    UnixListener listener = new UnixListener(path, Map.copyOf(handlers), executor, server);
    executor.execute(listener::accept);
    return listener;
  }

  /** What an earlier daemon left behind. */
  private static void removeIfNobodyListens(Path path, UnixDomainSocketAddress address)
      throws IOException {
    if (Files.isRegularFile(path) || Files.isDirectory(path)) {
      throw new IOException(path + " is no socket");
    }
    try (SocketChannel _ = SocketChannel.open(address)) {
      throw new IOException("somebody listens at " + path);
    } catch (java.net.ConnectException e) {
      Files.delete(path);
    }
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel connection = server.accept();
        if (connections.tryAcquire()) {
          executor.execute(() -> serve(connection));
        } else {
          connection.close();
        }
      } catch (IOException e) {
        // Closed, or there are no descriptors left, which is so again at once.
        pause();
      }
    }
  }

  /** This runs at real-time priority: it must not spin. */
  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(SocketChannel connection) {
    try (connection) {
      List<String> words = List.of(head(connection).split("\r?\n", 2)[0].split(" ", -1));
      if (words.size() == 3 && words.get(1).startsWith("/")) {
        URI uri = URI.create(words.get(1));
        HttpHandler handler =
            handlers.getOrDefault(uri.getPath(), handlers.getOrDefault(OTHERWISE, _ -> {}));
        handler.handle(new UnixExchange(connection, words.get(0), uri));
      }
    } catch (IOException | IllegalArgumentException e) {
      // The reader is gone, or speaks something else.
    } finally {
      connections.release();
    }
  }

  /** The request without a body; nobody needs one. */
  private static String head(SocketChannel connection) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
    while (bytes.hasRemaining() && connection.read(bytes) >= 0) {
      String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
      if (text.contains("\r\n\r\n")) {
        return text;
      }
    }
    throw new IOException("no request");
  }

  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // It is of no use any more in any case.
    }
  }
}
