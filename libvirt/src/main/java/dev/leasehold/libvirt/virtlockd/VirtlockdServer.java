// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.virtlockd;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.leasehold.libvirt.disklease.DiskLeases;
import dev.leasehold.libvirt.disklease.Log;
import dev.leasehold.linux.socket.AcceptLoop;
import dev.leasehold.linux.socket.PeerProcess;
import dev.leasehold.linux.socket.StreamConnection;
import dev.leasehold.linux.socket.StreamListener;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The virtlockd door: accepts connections and serves each on a virtual thread of its own, so no
 * guest's start or end delays another's.
 *
 * <p>Closing the server closes its connections and gives up no lease: leases belong to the guests'
 * processes.
 */
public final class VirtlockdServer implements AutoCloseable {
  private static final int ROOT = 0;

  private final StreamListener listener;
  private final Procedures procedures;
  private final int ownUid;
  private final int maxConnections;
  private final Log log;
  private final Set<StreamConnection> connections = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * A server that does not accept yet.
   *
   * @param listener where libvirt connects; closed with the server
   * @param leases what it comes for
   * @param ownUid who may connect besides root: a session libvirt's own user
   * @param maxConnections one stays open for every running guest
   */
  public VirtlockdServer(
      StreamListener listener, DiskLeases leases, int ownUid, int maxConnections, Log log) {
    this.listener = listener;
    this.procedures = new Procedures(leases, new Lockspaces(log), log);
    this.ownUid = ownUid;
    this.maxConnections = maxConnections;
    this.log = log;
  }

  /** Begins to accept connections; returns at once. */
  public void start() {
    Consumer<String> trouble = words -> log.say(ERROR, "virtlockd: " + words);
    AcceptLoop loop = new AcceptLoop(listener, this::admit, trouble);
    Thread.ofVirtual().name("virtlockd listener").start(loop);
  }

  private void admit(StreamConnection connection) {
    try {
      PeerProcess peer = connection.peer();
      if (peer.uid() != ROOT && peer.uid() != ownUid) {
        refuse(connection, peer, "only root and uid " + ownUid + " may use this socket");
      } else if (connections.size() >= maxConnections) {
        refuse(connection, peer, maxConnections + " connections are open");
      } else {
        serve(connection, peer);
      }
    } catch (IOException e) {
      log.say(WARNING, "virtlockd: a connection was closed: " + e.getMessage());
      connection.close();
    }
  }

  private void serve(StreamConnection connection, PeerProcess peer) {
    connections.add(connection);
    if (closed) {
      connection.close();
    }
    Thread.ofVirtual()
        .name("virtlockd " + peer.pid())
        .start(
            () -> {
              try (connection) {
                new Conversation(connection, peer, procedures, log).run();
              } finally {
                connections.remove(connection);
              }
            });
  }

  private void refuse(StreamConnection connection, PeerProcess peer, String reason) {
    connection.close();
    log.say(
        WARNING,
        "virtlockd: refused a connection of process "
            + peer.pid()
            + " (uid "
            + peer.uid()
            + "): "
            + reason);
  }

  /** How many connections are open. */
  public int connections() {
    return connections.size();
  }

  /** Accepts no more and closes every connection. Idempotent. */
  @Override
  public void close() {
    closed = true;
    listener.close();
    connections.forEach(StreamConnection::close);
  }
}
