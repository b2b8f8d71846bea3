// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Octets;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyReader;
import dev.leasehold.sanlock.wire.Request;
import dev.leasehold.sanlock.wire.RequestBody;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * This very process as a registered holder. Its leases last as long as its connection: until {@link
 * #close}, or the end of the process.
 *
 * <p>If the lockspace of a lease fails, the daemon stops this process (see {@link #killPath} and
 * {@link #restrict}). Thread-safe: calls from several threads go one after the other.
 *
 * <p>After a {@link SocketTimeoutException} the registration and its leases are still there, and it
 * is not known what becomes of the command; the next call first waits for its late answer.
 */
public final class RegisteredProcess extends HolderCommands implements AutoCloseable {
  private static final int OWN = -1;

  private final Connection connection;
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<Command> owed = Optional.empty();

  RegisteredProcess(Connection connection, ClientTimeouts timeouts) {
    super(OWN, timeouts);
    this.connection = connection;
  }

  @Override
  Reply exchange(Command command, Request request, Duration limit) throws IOException {
    lock.lock();
    try {
      connection.allow(limit);
      if (owed.isPresent()) {
        receive(owed.get());
      }
      connection.send(request.encode());
      owed = Optional.of(command);
      return receive(command);
    } finally {
      lock.unlock();
    }
  }

  private Reply receive(Command command) throws IOException {
    try {
      Reply reply = ReplyReader.read(command, connection);
      connection.consume();
      owed = Optional.empty();
      return reply;
    } catch (SocketTimeoutException e) {
      // The answer is read from its start when it is there.
      connection.rewind();
      throw e;
    }
  }

  /**
   * Sets the program that is run, instead of SIGTERM, when this process is to give up its leases.
   *
   * @param path at most 127 bytes
   * @param arguments separated by spaces, at most 127 bytes; a backslash makes the next space or
   *     backslash literal
   * @param appendPid append the pid of this process
   */
  public void killPath(String path, String arguments, boolean appendPid)
      throws IOException, SanlockException {
    Octets program = Octets.of(path);
    Octets words = Octets.of(arguments);
    int most = RequestBody.KillPath.FIELD - 1;
    if (program.length() > most || words.length() > most) {
      throw new IllegalArgumentException("a kill path and its arguments have at most 127 bytes");
    }
    int flags = appendPid ? Flags.KILLPATH_PID : 0;
    ask(Command.KILLPATH, flags, new RequestBody.KillPath(program, words));
  }

  /**
   * Replaces the restrictions of this registration.
   *
   * @param noSigkill SIGTERM is sent where SIGKILL would be
   * @param noSigterm SIGKILL is sent where SIGTERM would be
   */
  public void restrict(boolean noSigkill, boolean noSigterm) throws IOException, SanlockException {
    int flags = (noSigkill ? Flags.RESTRICT_SIGKILL : 0) | (noSigterm ? Flags.RESTRICT_SIGTERM : 0);
    ask(Command.RESTRICT, flags, RequestBody.None.NONE);
  }

  /** Ends the registration; its leases are released in the background. Idempotent. */
  @Override
  public void close() {
    connection.close();
  }
}
