// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.EventSubscription;
import dev.leasehold.engine.ReceivedEvent;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The subscribers to the events of one lockspace (docs/spec/algorithms.md 4.5). Thread-safe. */
final class EventHub {

  /** Places per lockspace, as sanlock has them. */
  static final int PLACES = 32;

  /** Events that wait for a subscriber before it counts as too slow. */
  static final int QUEUE = 1024;

  private final Tasks tasks;
  private final List<Subscription> subscriptions = new ArrayList<>();
  private boolean closed;

  EventHub(Tasks tasks) {
    this.tasks = tasks;
  }

  /**
   * A new subscription.
   *
   * @throws LeaseException ENOCSI all places taken; ENOENT the lockspace is gone
   */
  EventSubscription subscribe() throws LeaseException {
    Subscription subscription = new Subscription(tasks.newSignal());
    synchronized (this) {
      if (closed) {
        throw new LeaseException(ErrorCode.ENOENT, "the lockspace is gone");
      }
      subscriptions.removeIf(Subscription::ended);
      if (subscriptions.size() == PLACES) {
        throw new LeaseException(
            ErrorCode.ENOCSI, "all " + PLACES + " places for event subscribers are taken");
      }
      subscriptions.add(subscription);
    }
    return subscription;
  }

  /**
   * Gives an event to every subscriber.
   *
   * @return how many were dropped because they do not read
   */
  int deliver(ReceivedEvent event) {
    int dropped = 0;
    for (Subscription subscription : current()) {
      if (!subscription.offer(event)) {
        dropped++;
      }
    }
    return dropped;
  }

  private synchronized List<Subscription> current() {
    subscriptions.removeIf(Subscription::ended);
    return List.copyOf(subscriptions);
  }

  /** Ends all subscriptions: the lockspace is gone. */
  void close() {
    List<Subscription> ending;
    synchronized (this) {
      closed = true;
      ending = List.copyOf(subscriptions);
      subscriptions.clear();
    }
    ending.forEach(Subscription::close);
  }

  private static final class Subscription implements EventSubscription {
    private final Tasks.Signal changed;
    private final Deque<ReceivedEvent> queue = new ArrayDeque<>();
    private boolean ended;

    Subscription(Tasks.Signal changed) {
      this.changed = changed;
    }

    /** False when this very event made it too slow. */
    boolean offer(ReceivedEvent event) {
      boolean tooSlow;
      synchronized (this) {
        if (ended) {
          return true;
        }
        tooSlow = queue.size() == QUEUE;
        if (tooSlow) {
          ended = true;
        } else {
          queue.addLast(event);
        }
      }
      changed.raise();
      return !tooSlow;
    }

    @Override
    public Optional<ReceivedEvent> next(Duration timeout) {
      long seen = changed.version();
      Optional<ReceivedEvent> first = poll();
      if (first.isPresent() || ended() || !changed.await(seen, timeout)) {
        return first;
      }
      return poll();
    }

    private synchronized Optional<ReceivedEvent> poll() {
      return Optional.ofNullable(queue.pollFirst());
    }

    @Override
    public synchronized boolean ended() {
      return ended;
    }

    @Override
    public void close() {
      synchronized (this) {
        ended = true;
      }
      changed.raise();
    }
  }
}
