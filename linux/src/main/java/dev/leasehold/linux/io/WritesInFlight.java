// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the writes of one store that are in flight, and those of them that are late. Thread-safe.
 */
final class WritesInFlight {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition settled = lock.newCondition();
  private int inFlight;
  private int late;

  /** Follows one transfer. */
  interface Ticket {

    /** For a read: nobody counts those. */
    Ticket UNCOUNTED =
        new Ticket() {
          @Override
          public void late() {}

          @Override
          public void ended() {}
        };

    /** Its issuer does not wait any more. */
    void late();

    /** It completed, or was not issued after all. */
    void ended();
  }

  private final class Write implements Ticket {
    private boolean isLate;
    private boolean hasEnded;

    @Override
    public void late() {
      lock.lock();
      try {
        if (!isLate && !hasEnded) {
          isLate = true;
          late++;
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void ended() {
      lock.lock();
      try {
        hasEnded = true;
        inFlight--;
        if (isLate) {
          late--;
        }
        if (inFlight == 0) {
          settled.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** Counts a write that is about to be issued. */
  Ticket begin() {
    lock.lock();
    try {
      inFlight++;
      return new Write();
    } finally {
      lock.unlock();
    }
  }

  int late() {
    lock.lock();
    try {
      return late;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until none is in flight. */
  boolean awaitNone(Deadline deadline) {
    lock.lock();
    try {
      return deadline.await(settled, () -> inFlight == 0);
    } finally {
      lock.unlock();
    }
  }
}
