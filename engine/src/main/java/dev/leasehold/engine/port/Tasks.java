// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.port;

import java.time.Duration;

/**
 * Everything concurrent that the engine does: starting tasks, sleeping, waiting for a change.
 *
 * <p>Rule for users: never call a port (this one, storage, processes, watchdog) while holding a
 * lock, so that a scheduler may run all tasks of a cluster on one thread. Thread-safe.
 */
public interface Tasks {

  /** Starts {@code body} on a task of its own; it may run at once or later. */
  Task start(String name, Runnable body);

  /** Waits for {@code duration} of boot-time (see {@code Clock.bootNanos}). */
  void sleep(Duration duration);

  /** A new signal with version 0. */
  Signal newSignal();

  /** A started task. */
  interface Task {
    /** Whether its body has ended. */
    boolean ended();

    /**
     * Waits for its end.
     *
     * @return whether it has ended
     */
    boolean join(Duration timeout);
  }

  /**
   * A counter that tasks can wait on. Usage, free of lost wake-ups: read {@link #version()}, look
   * at the state, then {@link #await} that version.
   */
  interface Signal {
    /** How often it was raised. */
    long version();

    /** Raises the version and wakes every waiter. */
    void raise();

    /**
     * Waits until the version differs from {@code seen}.
     *
     * @return true if it differs, false when the timeout passed first
     */
    boolean await(long seen, Duration timeout);
  }
}
