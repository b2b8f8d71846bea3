// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.linux.socket.PeerProcess;
import dev.leasehold.linux.socket.StreamConnection;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Header;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** One connection: what is known of it, and how it is written to. */
final class Client {
  private final int slot;
  private final StreamConnection connection;
  private final PeerProcess peer;
  private final ServerLimits limits;
  private final ReentrantLock writing = new ReentrantLock();

  private volatile Optional<Registration> registration = Optional.empty();
  private volatile Name ownerName = Name.EMPTY;
  private volatile int restrictions;
  private volatile int lastCommand;
  private volatile boolean working;
  private volatile long idleSince = System.nanoTime();
  private volatile boolean event;
  private volatile boolean stopping;

  Client(int slot, StreamConnection connection, PeerProcess peer, ServerLimits limits) {
    this.slot = slot;
    this.connection = connection;
    this.peer = peer;
    this.limits = limits;
  }

  int slot() {
    return slot;
  }

  PeerProcess peer() {
    return peer;
  }

  StreamConnection connection() {
    return connection;
  }

  boolean peerEnded() {
    return connection.peerEnded();
  }

  Optional<Registration> registration() {
    return registration;
  }

  boolean registered() {
    return registration.isPresent();
  }

  void registered(Registration made) {
    registration = Optional.of(made);
  }

  /** What it calls itself, or what its last command was (docs/spec/wire.md 3). */
  Name ownerName() {
    return ownerName;
  }

  void ownerName(Name name) {
    ownerName = name;
  }

  /** Flags of its last RESTRICT. */
  int restrictions() {
    return restrictions;
  }

  void restrictions(int flags) {
    restrictions = flags;
  }

  int lastCommand() {
    return lastCommand;
  }

  /** Whether a command of this connection is being carried out. */
  boolean working() {
    return working;
  }

  void begins(int command) {
    lastCommand = command;
    working = true;
  }

  void ends() {
    working = false;
    idleSince = System.nanoTime();
  }

  /** From now on it is only told of events. */
  void becomesEventConnection() {
    event = true;
  }

  /** How long it has sent nothing, or -1 if it is not idle or may not be closed. */
  long idleNanos(long now) {
    return working || event || registered() ? -1 : now - idleSince;
  }

  /** The bytes of the next message. */
  MessageSource nextMessage() {
    return new MessageSource(
        connection, registered() ? Optional.empty() : Optional.of(limits.messageTime()));
  }

  /**
   * Sends bytes, in as many pieces as the reader likes.
   *
   * @throws IOException if it is gone, or did not read in time
   */
  void send(byte[] bytes) throws IOException {
    writing.lock();
    try {
      if (registered()) {
        connection.write(bytes, 0, bytes.length);
      } else {
        connection.write(bytes, 0, bytes.length, limits.replyTime());
      }
    } finally {
      writing.unlock();
    }
  }

  /**
   * Sends a message by ourselves, without waiting for the reader.
   *
   * @return false if that is not possible now
   */
  boolean push(byte[] bytes) throws IOException {
    if (!writing.tryLock()) {
      return false;
    }
    try {
      int sent = connection.writeNow(bytes, 0, bytes.length);
      if (sent > 0 && sent < bytes.length) {
        // The rest must follow, or the reader takes the next message for it.
        connection.write(bytes, sent, bytes.length - sent, limits.replyTime());
      }
      return sent > 0;
    } finally {
      writing.unlock();
    }
  }

  /** Ends the connection from our side; its thread notices. */
  void disconnect() {
    connection.close();
  }

  /** Ends the connection because the daemon stops: its holder, if it has one, is not given up. */
  void disconnectForGood() {
    stopping = true;
    connection.close();
  }

  /** Whether the daemon stops. */
  boolean stopping() {
    return stopping;
  }

  /** Drops what the client has sent but nobody will read: it would see a reset otherwise. */
  void dropInput() {
    try {
      byte[] sink = new byte[Header.SIZE * 128];
      int dropped = 0;
      for (int got = connection.readNow(sink, 0, sink.length);
          got > 0 && dropped < limits.drain();
          got = connection.readNow(sink, 0, sink.length)) {
        dropped += got;
      }
    } catch (IOException e) {
      // It is closed in any case.
    }
  }
}
