// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.watchdog;

import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.linux.socket.StreamConnection;
import dev.leasehold.linux.socket.UnixSockets;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * wdmd, the daemon that multiplexes the watchdog device: one connection per lockspace
 * (docs/spec/algorithms.md 6). Thread-safe.
 */
public final class Wdmd implements Watchdog {
  /** Where it listens. */
  public static final Path SOCKET = Path.of("/run/wdmd/wdmd.sock");

  /** How long wdmd may take to answer; it answers from its main loop, at once. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final UnixSockets sockets;
  private final Path socket;
  private final int fireTimeout;
  private final AtomicInteger armed = new AtomicInteger();

  /**
   * @param socket usually {@link #SOCKET}
   * @param fireTimeout W, the seconds that wdmd must have as well
   */
  public Wdmd(UnixSockets sockets, Path socket, int fireTimeout) {
    this.sockets = sockets;
    this.socket = socket;
    this.fireTimeout = fireTimeout;
  }

  @Override
  public boolean protects() {
    return true;
  }

  @Override
  public String description() {
    return "wdmd, fires after " + fireTimeout + " s, armed for lockspaces: " + armed.get();
  }

  @Override
  public int armed() {
    return armed.get();
  }

  @Override
  public Test open(String name) throws WatchdogException {
    StreamConnection connection = connect();
    try {
      WdmdTest test = new WdmdTest(connection, name);
      test.handshake();
      return test;
    } catch (WatchdogException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private StreamConnection connect() throws WatchdogException {
    try {
      return sockets.connect(socket, PATIENCE);
    } catch (IOException e) {
      throw new WatchdogException(
          "wdmd cannot be reached at "
              + socket
              + " ("
              + e.getMessage()
              + "); start it (systemctl start wdmd), or run without a watchdog (use_watchdog = 0)"
              + " and know that then nothing resets this host");
    }
  }

  private final class WdmdTest implements Test {
    private final StreamConnection connection;
    private final String name;
    private boolean registered;
    private boolean live;
    private boolean closed;

    WdmdTest(StreamConnection connection, String name) {
      this.connection = connection;
      this.name = name;
    }

    /**
     * Newer ones arm the device at OPEN and answer it, older ones have it armed for ever and do not
     * know the command: the answer to STATUS tells which it is (docs/spec/algorithms.md 6.1).
     */
    void handshake() throws WatchdogException {
      try {
        send(WdmdMessage.open(fireTimeout));
        send(WdmdMessage.of(WdmdMessage.STATUS));
        WdmdMessage answer = receive();
        if (answer.command() == WdmdMessage.OPEN) {
          requireOurs(answer);
          answer = receive();
        }
        requireOurs(answer);
      } catch (IOException e) {
        throw new WatchdogException("wdmd at " + socket + " does not answer: " + e.getMessage());
      }
    }

    private void requireOurs(WdmdMessage answer) throws WatchdogException {
      if (answer.fireTimeout() != fireTimeout) {
        throw new WatchdogException(
            "wdmd fires after "
                + answer.fireTimeout()
                + " s, this daemon and all hosts of the cluster reckon with "
                + fireTimeout
                + " s (watchdog_fire_timeout)");
      }
    }

    @Override
    public synchronized void live(long renewalSeconds, long expireSeconds)
        throws WatchdogException {
      try {
        if (!registered) {
          register();
        }
        send(WdmdMessage.live(renewalSeconds, expireSeconds));
        if (!live) {
          live = true;
          armed.incrementAndGet();
        }
      } catch (IOException e) {
        throw new WatchdogException(
            "wdmd did not take the renewal of " + name + ": " + e.getMessage());
      }
    }

    private void register() throws IOException, WatchdogException {
      send(WdmdMessage.register(name));
      send(WdmdMessage.of(WdmdMessage.REFCOUNT_SET));
      send(WdmdMessage.of(WdmdMessage.STATUS));
      requireOurs(receive());
      registered = true;
    }

    @Override
    public synchronized void clear() throws WatchdogException {
      try {
        if (registered) {
          send(WdmdMessage.live(0, 0));
          send(WdmdMessage.of(WdmdMessage.REFCOUNT_CLEAR));
        }
        disarmed();
      } catch (IOException e) {
        throw new WatchdogException(
            "wdmd was not told that nobody uses " + name + " any more: " + e.getMessage());
      }
    }

    private void disarmed() {
      if (live) {
        live = false;
        armed.decrementAndGet();
      }
    }

    /** If it is armed still, wdmd lets the host be reset; that is what the connection is for. */
    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        disarmed();
        connection.close();
      }
    }

    private void send(WdmdMessage message) throws IOException {
      connection.write(message.encode(), 0, WdmdMessage.SIZE, PATIENCE);
    }

    private WdmdMessage receive() throws IOException {
      byte[] bytes = new byte[WdmdMessage.SIZE];
      int filled = 0;
      while (filled < bytes.length) {
        int count = connection.read(bytes, filled, bytes.length - filled, PATIENCE);
        if (count < 0) {
          throw new IOException("it closed the connection");
        }
        filled += count;
      }
      return WdmdMessage.decode(bytes);
    }
  }
}
