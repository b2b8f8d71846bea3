// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.LeaseManager;
import dev.leasehold.linux.socket.SocketFile;
import dev.leasehold.linux.socket.UnixSockets;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A door on a private socket. */
public final class TestDoor implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Path path;
  private final UnixSockets sockets = new UnixSockets();
  private final TestDaemon daemon = new TestDaemon();
  private final SanlockServer server;

  public TestDoor(Path dir, LeaseManager manager, ServerLimits limits) throws IOException {
    this.path = dir.resolve("sanlock.sock");
    this.server =
        new SanlockServer(sockets.listen(SocketFile.ownedByUs(path)), manager, daemon, limits);
    server.start();
  }

  public Path path() {
    return path;
  }

  public TestDaemon daemon() {
    return daemon;
  }

  public SanlockServer server() {
    return server;
  }

  /** A new connection. */
  public RawClient connect() throws IOException {
    return new RawClient(sockets.connect(path, LIMIT));
  }

  /** Waits until so many connections are open. */
  public void awaitConnections(int count) throws InterruptedException {
    while (server.connections() != count) {
      Thread.sleep(1);
    }
  }

  /** Closes the server and waits until nothing is open any more. */
  @Override
  public void close() {
    server.close();
    try {
      while (sockets.open() > 0) {
        Thread.sleep(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sockets.close();
  }
}
