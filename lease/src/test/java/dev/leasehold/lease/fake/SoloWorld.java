// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.fake;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** One thing at a time, in the order of the program; time passes in {@link #sleep} only. */
public final class SoloWorld implements World {
  private record Event(long at, long order, Runnable action) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private long now;
  private long order;

  /**
   * A world whose clock starts late enough that nothing is 0.
   *
   * @param startSeconds what CLOCK_MONOTONIC shows at first
   */
  public SoloWorld(long startSeconds) {
    now = Duration.ofSeconds(startSeconds).toNanos();
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public void sleep(Duration duration) {
    long until = now + duration.toNanos();
    while (!events.isEmpty() && events.peek().at() <= until) {
      Event event = events.remove();
      now = Math.max(now, event.at());
      event.action().run();
    }
    now = Math.max(now, until);
  }

  @Override
  public void turn() {}

  @Override
  public void later(Duration delay, Runnable action) {
    events.add(new Event(now + delay.toNanos(), order++, action));
  }
}
