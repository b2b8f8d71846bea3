// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.linux.socket.PeerProcess;
import dev.leasehold.linux.socket.StreamConnection;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The connections, by slot. Thread-safe. */
final class ClientTable {
  /** Slots 0 and 1 belong to the helper and the listener of the original. */
  static final int FIRST_SLOT = 2;

  private final ServerLimits limits;
  private final int ownUid;
  private final TreeMap<Integer, Client> clients = new TreeMap<>();
  private final Map<Integer, Integer> perProcess = new HashMap<>();
  private final BitSet taken = new BitSet();
  private boolean closed;

  ClientTable(ServerLimits limits, int ownUid) {
    this.limits = limits;
    this.ownUid = ownUid;
  }

  /** Makes a client of a connection in a slot. */
  interface Maker {
    Client make(int slot, StreamConnection connection, PeerProcess peer);
  }

  /** Whether a connection was let in. */
  sealed interface Admission {
    /** It was. */
    record Admitted(Client client) implements Admission {}

    /** It was not. */
    record Refused(String reason) implements Admission {}
  }

  /** Lets a connection in, in the lowest free slot. */
  Admission admit(StreamConnection connection, PeerProcess peer, Maker maker) {
    Optional<Client> evicted = Optional.empty();
    Admission admission;
    synchronized (this) {
      if (closed) {
        return new Admission.Refused("the daemon is stopping");
      }
      if (perProcess.getOrDefault(peer.pid(), 0) >= limits.connectionsPerProcess()) {
        return new Admission.Refused(
            "the process has " + limits.connectionsPerProcess() + " connections already");
      }
      if (clients.size() >= room(peer)) {
        evicted = longestIdle();
        if (evicted.isEmpty()) {
          return new Admission.Refused("all " + room(peer) + " connections are in use");
        }
        // Its thread ends soon; its slot is given away at once.
        remove(evicted.get());
      }
      Client client = maker.make(taken.nextClearBit(FIRST_SLOT), connection, peer);
      taken.set(client.slot());
      clients.put(client.slot(), client);
      perProcess.merge(peer.pid(), 1, Integer::sum);
      admission = new Admission.Admitted(client);
    }
    evicted.ifPresent(Client::disconnect);
    return admission;
  }

  private int room(PeerProcess peer) {
    boolean privileged = peer.uid() == 0 || peer.uid() == ownUid;
    return privileged ? limits.connections() : limits.connections() - limits.reserved();
  }

  private Optional<Client> longestIdle() {
    long now = System.nanoTime();
    return clients.values().stream()
        .filter(client -> client.idleNanos(now) >= limits.idle().toNanos())
        .max(Comparator.comparingLong(client -> client.idleNanos(now)));
  }

  /** Frees a slot. Idempotent. */
  synchronized void remove(Client client) {
    if (clients.remove(client.slot(), client)) {
      taken.clear(client.slot());
      perProcess.computeIfPresent(
          client.peer().pid(), (pid, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Every client, by slot. */
  synchronized List<Client> all() {
    return new ArrayList<>(clients.values());
  }

  synchronized int size() {
    return clients.size();
  }

  /** No more are let in. */
  synchronized void close() {
    closed = true;
  }

  /**
   * The registration that a pid stands for: the one in the lowest slot, but rather one whose
   * process still lives, so that a pid that was given out again does not mean its former owner.
   */
  Optional<Registration> registered(int pid) {
    List<Registration> found =
        all().stream()
            .flatMap(client -> client.registration().stream())
            .filter(registration -> registration.pid() == pid)
            .toList();
    return found.stream()
        .filter(registration -> found.size() == 1 || !registration.client().peerEnded())
        .findFirst()
        .or(() -> found.stream().findFirst());
  }
}
