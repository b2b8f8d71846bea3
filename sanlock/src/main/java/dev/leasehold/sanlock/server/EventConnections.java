// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.EventSubscription;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.ReceivedEvent;
import dev.leasehold.linux.socket.StreamConnection;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.EventMessage;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireHostEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Connections that are told of host events (docs/spec/wire.md 4.19). Thread-safe. */
final class EventConnections {
  /** How soon a client that has gone without a good-bye is noticed. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private static final int NOTICE = 4;

  private final LeaseManager manager;
  private final Set<Place> places = ConcurrentHashMap.newKeySet();

  EventConnections(LeaseManager manager) {
    this.manager = manager;
  }

  /** One connection that is told of the events of one lockspace. */
  static final class Place {
    private final Client client;
    private final Name lockspace;
    private final EventSubscription subscription;
    private final byte[] notice = new byte[NOTICE];
    private int received;

    Place(Client client, Name lockspace, EventSubscription subscription) {
      this.client = client;
      this.lockspace = lockspace;
      this.subscription = subscription;
    }

    /** Gives the place up. Idempotent. */
    void close() {
      subscription.close();
    }

    /** Looks, without waiting, whether the client wants no more events, and gives it up then. */
    synchronized void look() {
      if (!client.registered() && wantsNoMore()) {
        close();
      }
    }

    private boolean wantsNoMore() {
      try {
        int got = client.connection().readNow(notice, received, NOTICE - received);
        received += Math.max(0, got);
        if (received < NOTICE) {
          return got == StreamConnection.END;
        }
        received = 0;
        return notice[0] == 1 && notice[1] == 0 && notice[2] == 0 && notice[3] == 0;
      } catch (IOException e) {
        return true;
      }
    }
  }

  /** Takes a place. */
  Answer register(Client client, Header header, RequestBody body) throws LeaseException {
    Name lockspace = Answers.lockspace(body).name();
    Place place = new Place(client, lockspace, subscribe(lockspace));
    places.add(place);
    return new Answer.Subscribed(Reply.result(header, 0), place);
  }

  private EventSubscription subscribe(Name lockspace) throws LeaseException {
    try {
      return manager.subscribeEvents(lockspace);
    } catch (LeaseException e) {
      if (e.code() != ErrorCode.ENOCSI) {
        throw e;
      }
      lookAt(lockspace);
      return manager.subscribeEvents(lockspace);
    }
  }

  private void lookAt(Name lockspace) {
    places.stream().filter(place -> place.lockspace.sameName(lockspace)).forEach(Place::look);
  }

  /** Gives up the places of those who have said that they want no more. */
  Answer end(Client client, Header header, RequestBody body) throws LeaseException {
    Name lockspace = Answers.lockspace(body).name();
    if (lockspace.isEmpty()) {
      throw new LeaseException(ErrorCode.EINVAL, "events belong to a lockspace: give its name");
    }
    if (manager.lockspace(lockspace).isEmpty()) {
      throw new LeaseException(ErrorCode.ENOENT, "lockspace " + lockspace + " is not joined");
    }
    lookAt(lockspace);
    return Answer.done(header);
  }

  /**
   * Tells a connection of events, once it has its reply: until the end of the subscription, or
   * beside its requests if it is registered.
   *
   * @return whether requests are to be read from it
   */
  boolean serve(Client client, Place place) {
    if (client.registered()) {
      Thread.ofVirtual().name("events " + client.slot()).start(() -> tell(place));
      return true;
    }
    client.becomesEventConnection();
    tell(place);
    return false;
  }

  private void tell(Place place) {
    try {
      while (!place.subscription.ended()) {
        Optional<ReceivedEvent> event = place.subscription.next(LOOK);
        if (event.isPresent() && !place.client.push(message(event.get()))) {
          break;
        }
        place.look();
      }
    } catch (IOException e) {
      // It is gone; so is its place.
    } finally {
      abandon(place);
    }
  }

  /** Gives a place up whose client could not even be told that it has it. */
  void abandon(Place place) {
    place.close();
    places.remove(place);
  }

  private static byte[] message(ReceivedEvent event) {
    WireHostEvent told =
        new WireHostEvent(event.hostId(), event.generation(), event.event(), event.data());
    return EventMessage.of(told, event.fromHostId(), event.fromGeneration()).encode();
  }

  /** How many places are taken. */
  int size() {
    return places.size();
  }
}
