// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.leasehold.engine.LeaseManager;
import dev.leasehold.linux.socket.AcceptLoop;
import dev.leasehold.linux.socket.PeerProcess;
import dev.leasehold.linux.socket.StreamConnection;
import dev.leasehold.linux.socket.StreamListener;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * The sanlock door: accepts connections and serves each on a virtual thread of its own.
 *
 * <p>Registered clients are holders of the engine with the life of their connection. Closing the
 * server closes its connections but gives up no lease: what becomes of the holders is for who owns
 * the engine to say ({@link LeaseManager#close}).
 */
public final class SanlockServer implements AutoCloseable {

  private final StreamListener listener;
  private final Door door;
  private final Commands commands;
  private final RareLine refused;

  /**
   * A server that does not accept yet.
   *
   * @param listener where clients come from; closed with the server
   * @param manager what they come for
   * @param daemon the daemon that this door belongs to
   */
  public SanlockServer(
      StreamListener listener, LeaseManager manager, DaemonSide daemon, ServerLimits limits) {
    this.listener = listener;
    this.door =
        new Door(
            manager,
            manager.resourceIndexes(),
            daemon,
            limits,
            new ClientTable(limits, daemon.facts().uid()),
            new EventConnections(manager),
            new StatusMemory());
    this.commands = new Commands(door);
    this.refused = new RareLine(daemon);
  }

  /** Begins to accept connections; returns at once. */
  public void start() {
    door.manager().addListener(door.memory());
    Consumer<String> trouble = words -> door.daemon().say(ERROR, words);
    AcceptLoop loop = new AcceptLoop(listener, this::admit, trouble);
    Thread.ofVirtual().name("sanlock listener").start(loop);
  }

  private void admit(StreamConnection connection) {
    try {
      PeerProcess peer = connection.peer();
      if (!door.daemon().mayConnect(peer)) {
        refuse(connection, peer, "it is not allowed to use this socket");
        return;
      }
      switch (door.clients().admit(connection, peer, this::client)) {
        case ClientTable.Admission.Admitted(Client client) ->
            Thread.ofVirtual()
                .name("sanlock " + client.slot())
                .start(new Conversation(door, commands, client));
        case ClientTable.Admission.Refused(String reason) -> refuse(connection, peer, reason);
      }
    } catch (IOException e) {
      door.daemon().say(WARNING, "a connection was closed: " + e.getMessage());
      connection.close();
    }
  }

  private Client client(int slot, StreamConnection connection, PeerProcess peer) {
    return new Client(slot, connection, peer, door.limits());
  }

  private void refuse(StreamConnection connection, PeerProcess peer, String reason) {
    connection.close();
    refused.say(
        "refused a connection of process " + peer.pid() + " (uid " + peer.uid() + "): " + reason);
  }

  /** How many connections are open. */
  public int connections() {
    return door.clients().size();
  }

  /** Accepts no more and closes every connection; the holders stay as they are. Idempotent. */
  @Override
  public void close() {
    door.clients().close();
    listener.close();
    door.manager().removeListener(door.memory());
    door.clients().all().forEach(Client::disconnectForGood);
  }
}
