// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.MalformedRequest;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.RequestReader;
import dev.leasehold.sanlock.wire.WireState;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Optional;

/**
 * What happens on one connection, from its first header to its end: requests are read, carried out
 * and answered strictly one after the other (docs/spec/wire.md 1.3 to 1.6).
 */
final class Conversation implements Runnable {
  private final Door door;
  private final Commands commands;
  private final Client client;
  private int badHeaders;

  Conversation(Door door, Commands commands, Client client) {
    this.door = door;
    this.commands = commands;
    this.client = client;
  }

  /** Whether the connection goes on. */
  private enum Next {
    LISTEN,
    END
  }

  @Override
  public void run() {
    try {
      Next next = Next.LISTEN;
      while (next == Next.LISTEN) {
        next = one();
      }
      client.dropInput();
    } catch (SocketTimeoutException e) {
      door.say(WARNING, client, "closed: a message or a reply did not get through in time");
    } catch (IOException e) {
      door.say(DEBUG, client, "the connection broke: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      // Whatever it is, it is one client's misfortune: it is said, and the daemon goes on.
      door.say(ERROR, client, "closed because of a fault in the daemon: " + e);
    } finally {
      end();
    }
  }

  private Next one() throws IOException {
    MessageSource source = client.nextMessage();
    Optional<byte[]> bytes = source.first(Header.SIZE);
    if (bytes.isEmpty()) {
      return Next.END;
    }
    if (Flags.has(client.restrictions(), Flags.RESTRICT_ALL)) {
      // Whatever comes is dropped, without a reply (4.2).
      return Next.LISTEN;
    }
    Header header = Header.decode(bytes.get(), 0);
    Optional<Command> command =
        header.hasMagic() ? Command.ofNumber(header.command()) : Optional.empty();
    boolean tooNew = header.isTooNew() && command.filter(Command.VERSION::equals).isEmpty();
    if (command.isEmpty() || tooNew) {
      return badHeader(header, source);
    }
    badHeaders = 0;
    client.begins(header.command());
    try {
      return answered(command.get(), header, source);
    } finally {
      client.ends();
    }
  }

  /** A header that is none is dropped without a reply, and so is the body that goes with it. */
  private Next badHeader(Header header, MessageSource source) throws IOException {
    badHeaders++;
    if (badHeaders > door.limits().badHeaders() && !client.registered()) {
      door.say(
          WARNING,
          client,
          "closed: what it sends is not the sanlock protocol (last header: magic "
              + Integer.toHexString(header.magic())
              + ", version "
              + Integer.toHexString(header.version())
              + ", command "
              + Integer.toUnsignedString(header.command())
              + ")");
      return Next.END;
    }
    if (header.hasMagic()) {
      drain(source, header.statedBody());
    }
    return Next.LISTEN;
  }

  private void drain(MessageSource source, long count) throws IOException {
    source.drain(Math.min(count, door.limits().drain()));
  }

  private Next answered(Command command, Header header, MessageSource source) throws IOException {
    Commands.Rule rule = commands.rule(command);
    rule.ownerName().ifPresent(client::ownerName);
    Answer answer;
    try {
      RequestBody body = RequestReader.read(command, header, source);
      answer = commands.answer(rule, client, header, body);
    } catch (MalformedRequest e) {
      drain(source, e.unread());
      answer = commands.refusal(rule, client, header, e);
    } catch (EOFException e) {
      // The client has said that no more comes, but it may still listen (1.5).
      client.send(Reply.result(header, ErrorCode.ENOTCONN.number()).encode());
      return Next.END;
    }
    return sent(answer, rule);
  }

  private Next sent(Answer answer, Commands.Rule rule) throws IOException {
    switch (answer) {
      case Answer.Silence() -> {}
      case Answer.Message(Reply reply) -> client.send(reply.encode());
      case Answer.Stream(Header header, List<WireState> states) -> {
        client.send(header.encode());
        for (WireState state : states) {
          client.send(state.encode());
        }
      }
      case Answer.Last(Reply reply, Runnable then) -> {
        try {
          client.send(reply.encode());
        } finally {
          then.run();
        }
        return farewell();
      }
      case Answer.Goodbye(Runnable then) -> {
        then.run();
        return farewell();
      }
      case Answer.Subscribed(Reply reply, EventConnections.Place place) -> {
        return subscribed(reply, place);
      }
    }
    return rule.closes() ? farewell() : Next.LISTEN;
  }

  /** The leases of a registered connection go with it, so the daemon never closes one (1.3). */
  private Next farewell() {
    return client.registered() ? Next.LISTEN : Next.END;
  }

  private Next subscribed(Reply reply, EventConnections.Place place) throws IOException {
    try {
      client.send(reply.encode());
    } catch (IOException e) {
      door.events().abandon(place);
      throw e;
    }
    return door.events().serve(client, place) ? Next.LISTEN : Next.END;
  }

  /** The end of a registered connection is the end of its holder (algorithms.md 5.3). */
  private void end() {
    client.connection().close();
    Optional<Registration> registration = client.registration();
    if (registration.isEmpty()) {
      door.clients().remove(client);
      return;
    }
    boolean running = registration.get().end();
    if (!client.stopping()) {
      door.manager().unregister(registration.get().holder());
    }
    if (!running) {
      door.clients().remove(client);
    }
  }
}
