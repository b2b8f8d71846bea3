// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.virtlockd;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.leasehold.libvirt.disklease.Log;
import dev.leasehold.libvirt.rpc.Header;
import dev.leasehold.libvirt.rpc.LockCall;
import dev.leasehold.libvirt.rpc.Message;
import dev.leasehold.libvirt.rpc.MessageReader;
import dev.leasehold.libvirt.rpc.Procedure;
import dev.leasehold.libvirt.rpc.RpcError;
import dev.leasehold.libvirt.rpc.XdrFault;
import dev.leasehold.linux.socket.PeerProcess;
import dev.leasehold.linux.socket.StreamConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * What happens on one connection until its end: messages are read, carried out and answered one
 * after the other (docs/spec/libvirt-lockd.md 2). The end of a connection means nothing: a guest's
 * leases end with its process.
 */
final class Conversation {
  private static final Duration REPLY_LIMIT = Duration.ofSeconds(30);
  private static final int COUNT_OF_DESCRIPTORS = 4;

  private final StreamConnection connection;
  private final PeerProcess peer;
  private final Procedures procedures;
  private final Log log;
  private final Session session;

  Conversation(StreamConnection connection, PeerProcess peer, Procedures procedures, Log log) {
    this.connection = connection;
    this.peer = peer;
    this.procedures = procedures;
    this.log = log;
    this.session = new Session();
  }

  /** Serves the connection until it ends. */
  void run() {
    MessageReader reader = new MessageReader(connection::read);
    try {
      Optional<Message> message = reader.next();
      while (message.isPresent()) {
        Optional<Message> reply = answer(message.get());
        if (reply.isPresent()) {
          send(reply.get());
        }
        message = reader.next();
      }
    } catch (XdrFault e) {
      log.say(WARNING, name() + " closed: " + e.getMessage() + " is not libvirt's protocol");
    } catch (IOException e) {
      log.say(DEBUG, name() + " broke: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      // Whatever it is, it is one client's misfortune: it is said, and the daemon goes on.
      log.say(ERROR, name() + " closed because of a fault in the daemon: " + e);
    }
  }

  private String name() {
    return "virtlockd: the connection of process " + peer.pid();
  }

  private void send(Message reply) throws IOException {
    byte[] bytes = reply.encode();
    connection.write(bytes, 0, bytes.length, REPLY_LIMIT);
  }

  private Optional<Message> answer(Message message) {
    Header header = message.header();
    if (header.isPing()) {
      return Optional.of(Message.of(Header.pong()));
    }
    if (header.program() == Header.KEEPALIVE_PROGRAM) {
      return Optional.empty();
    }
    if (!header.isLockProtocol()) {
      return failure(
          header,
          RpcError.rpc(
              "Cannot find program %d version %d".formatted(header.program(), header.version())));
    }
    return switch (header.type()) {
      case Header.CALL -> Optional.of(call(header, message.payload()));
      case Header.CALL_WITH_FDS -> Optional.of(callWithDescriptors(header, message.payload()));
      default -> Optional.empty();
    };
  }

  private static Optional<Message> failure(Header call, RpcError error) {
    return Optional.of(Message.failure(call, error));
  }

  private Message callWithDescriptors(Header header, byte[] payload) {
    boolean none =
        payload.length >= COUNT_OF_DESCRIPTORS
            && Arrays.equals(payload, 0, COUNT_OF_DESCRIPTORS, new byte[4], 0, 4);
    return none
        ? call(header, Arrays.copyOfRange(payload, COUNT_OF_DESCRIPTORS, payload.length))
        : Message.failure(header, RpcError.rpc("No procedure takes file descriptors"));
  }

  private Message call(Header header, byte[] payload) {
    if (header.status() != Header.OK) {
      return Message.failure(header, RpcError.rpc("Unexpected message status " + header.status()));
    }
    Optional<Procedure> procedure = Procedure.ofNumber(header.procedure());
    if (procedure.isEmpty()) {
      return Message.failure(header, RpcError.rpc("unknown procedure: " + header.procedure()));
    }
    try {
      LockCall call = LockCall.decode(procedure.get(), payload);
      return procedures
          .carryOut(session, call)
          .map(error -> refused(header, call, error))
          .orElseGet(() -> Message.success(header));
    } catch (XdrFault e) {
      return Message.failure(header, RpcError.rpc("Unable to decode message payload"));
    }
  }

  private Message refused(Header header, LockCall call, RpcError error) {
    log.info(
        session.guest().map(Object::toString).orElse("process " + peer.pid())
            + ": "
            + call.procedure()
            + " refused: "
            + error.message().orElse(""));
    return Message.failure(header, error);
  }
}
