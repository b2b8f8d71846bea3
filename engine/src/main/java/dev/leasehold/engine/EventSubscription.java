// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import java.time.Duration;
import java.util.Optional;

/** A bounded queue of events of one lockspace. Thread-safe. */
public interface EventSubscription extends AutoCloseable {

  /**
   * Takes the next event.
   *
   * @return empty if none came within {@code timeout}, or the subscription has ended
   */
  Optional<ReceivedEvent> next(Duration timeout);

  /** Whether it has ended: closed, lockspace gone, or too slow a reader. What is queued stays. */
  boolean ended();

  @Override
  void close();
}
