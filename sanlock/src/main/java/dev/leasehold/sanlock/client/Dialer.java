// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyReader;
import dev.leasehold.sanlock.wire.Request;
import dev.leasehold.sanlock.wire.RequestBody;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** One connection, one request, one reply: how everything but a registration talks. Thread-safe. */
record Dialer(Path socket, ClientTimeouts timeouts) {

  Connection connect() throws IOException {
    return Connection.open(socket, timeouts.connect());
  }

  /** Asks something that is answered at once or after a few I/Os. */
  Reply ask(Command command, int flags, int data, int data2, RequestBody body)
      throws IOException, SanlockException {
    return ask(Request.of(command, flags, data, data2, body), command, timeouts.answer());
  }

  /** Asks something that may wait for other hosts or for storage. */
  Reply askAndWait(Command command, int flags, int data, int data2, RequestBody body)
      throws IOException, SanlockException {
    return ask(Request.of(command, flags, data, data2, body), command, timeouts.decision());
  }

  Reply ask(Request request, Command command, Duration limit) throws IOException, SanlockException {
    try (Connection connection = connect()) {
      connection.allow(limit);
      connection.send(request.encode());
      return checked(command, ReplyReader.read(command, connection));
    }
  }

  /** A reply that is none of an error. */
  static Reply checked(Command command, Reply reply) throws SanlockException {
    if (reply.header().data() < 0) {
      throw new SanlockException(command, reply.header().data());
    }
    return reply;
  }
}
