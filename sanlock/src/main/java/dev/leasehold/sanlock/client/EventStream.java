// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.EventMessage;
import dev.leasehold.sanlock.wire.ReplyReader;
import dev.leasehold.sanlock.wire.Request;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireHostEvent;
import dev.leasehold.sanlock.wire.WireLockspace;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;

/**
 * What other hosts tell this one. Events that come while nobody reads are kept by the kernel, as
 * many as fit; then the daemon ends the stream. Not thread-safe, but {@link #close} may be called
 * by anybody.
 */
public final class EventStream implements AutoCloseable {
  private static final byte[] NO_MORE = {1, 0, 0, 0};

  private final Dialer dialer;
  private final Name lockspace;
  private final Connection connection;
  private boolean closed;

  private EventStream(Dialer dialer, Name lockspace, Connection connection) {
    this.dialer = dialer;
    this.lockspace = lockspace;
    this.connection = connection;
  }

  static EventStream open(Dialer dialer, Name lockspace) throws IOException, SanlockException {
    Connection connection = dialer.connect();
    boolean open = false;
    try {
      connection.allow(dialer.timeouts().answer());
      RequestBody body =
          new RequestBody.OfEvent(WireLockspace.named(lockspace), WireHostEvent.NONE);
      connection.send(Request.of(Command.REG_EVENT, 0, 0, 0, body).encode());
      Dialer.checked(Command.REG_EVENT, ReplyReader.read(Command.REG_EVENT, connection));
      connection.consume();
      open = true;
      return new EventStream(dialer, lockspace, connection);
    } finally {
      if (!open) {
        connection.close();
      }
    }
  }

  /**
   * Waits for the next event. The same event may come several times.
   *
   * @return empty if none came within {@code limit}
   * @throws java.io.EOFException if the daemon has ended the stream: it is gone, or the lockspace
   */
  public Optional<HostEvent> next(Duration limit) throws IOException {
    connection.allow(limit);
    try {
      EventMessage message = EventMessage.decode(connection.take(EventMessage.SIZE), 0);
      connection.consume();
      if (!message.isValid()) {
        throw new IOException("what came is no event");
      }
      return Optional.of(HostEvent.of(message));
    } catch (SocketTimeoutException e) {
      connection.rewind();
      return Optional.empty();
    }
  }

  /** Ends the subscription. Idempotent. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (connection) {
      connection.allow(dialer.timeouts().answer());
      connection.send(NO_MORE);
    } catch (IOException e) {
      // The daemon sees the end of the connection in any case.
    }
    try {
      dialer.ask(Command.END_EVENT, 0, 0, 0, LockspaceRef.named(lockspace));
    } catch (IOException | SanlockException e) {
      // The lockspace or the daemon is gone, and with it the subscription.
    }
  }
}
