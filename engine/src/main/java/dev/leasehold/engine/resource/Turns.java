// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.port.Tasks;
import java.time.Duration;

/**
 * Whose turn it is to work on the disk of an entry: one task at a time, because a lease takes one
 * call, and at most one write, at a time. A turn lasts no longer than its I/O deadlines.
 */
final class Turns {
  private static final Duration LONG = Duration.ofHours(1);

  private final Object lock;
  private final Tasks.Signal given;

  Turns(Object lock, Tasks tasks) {
    this.lock = lock;
    this.given = tasks.newSignal();
  }

  /** Waits for the turn. */
  void take(Entry entry) {
    while (true) {
      long seen = given.version();
      synchronized (lock) {
        if (!entry.turnTaken) {
          entry.turnTaken = true;
          return;
        }
      }
      given.await(seen, LONG);
    }
  }

  /** Hands it on. */
  void give(Entry entry) {
    synchronized (lock) {
      entry.turnTaken = false;
    }
    given.raise();
  }
}
