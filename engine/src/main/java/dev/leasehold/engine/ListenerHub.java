// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.spi.EngineEvents;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Takes calls for listeners and makes them on a task per listener, in order. Thread-safe. */
final class ListenerHub implements EngineEvents {

  /** Calls that wait for a slow listener; beyond that the oldest are dropped. */
  static final int QUEUE = 1024;

  private final Tasks tasks;
  private final List<Outbox> outboxes = new ArrayList<>();

  ListenerHub(Tasks tasks) {
    this.tasks = tasks;
  }

  void add(LeaseListener listener) {
    synchronized (outboxes) {
      outboxes.add(new Outbox(listener));
    }
  }

  void remove(LeaseListener listener) {
    synchronized (outboxes) {
      outboxes.removeIf(outbox -> outbox.listener.equals(listener));
    }
  }

  @Override
  public void tell(Consumer<LeaseListener> call) {
    current().forEach(outbox -> outbox.put(call));
  }

  private List<Outbox> current() {
    synchronized (outboxes) {
      return List.copyOf(outboxes);
    }
  }

  private final class Outbox {
    private final LeaseListener listener;
    private final Deque<Consumer<LeaseListener>> queue = new ArrayDeque<>();
    private boolean running;
    private long dropped;

    Outbox(LeaseListener listener) {
      this.listener = listener;
    }

    void put(Consumer<LeaseListener> call) {
      synchronized (this) {
        if (queue.size() == QUEUE) {
          queue.removeFirst();
          dropped++;
        }
        queue.addLast(call);
        if (running) {
          return;
        }
        running = true;
      }
      tasks.start("listener", this::drain);
    }

    // A listener that throws must not keep the next calls from being made, least of all "lost".
    private void drain() {
      for (Optional<Consumer<LeaseListener>> call = next(); call.isPresent(); call = next()) {
        try {
          call.get().accept(listener);
        } catch (RuntimeException e) {
          tellOthers("a listener failed: " + e);
        }
      }
    }

    private synchronized Optional<Consumer<LeaseListener>> next() {
      if (dropped > 0) {
        String words = dropped + " calls were dropped because this listener is too slow";
        dropped = 0;
        return Optional.of(slow -> slow.note(words));
      }
      Optional<Consumer<LeaseListener>> call = Optional.ofNullable(queue.pollFirst());
      running = call.isPresent();
      return call;
    }

    private void tellOthers(String words) {
      for (Outbox other : current()) {
        if (other != this) {
          other.put(told -> told.note(words));
        }
      }
    }
  }
}
