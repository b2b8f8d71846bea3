// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Wakes threads at their deadlines. Thread-safe.
 *
 * <p>Hardly any deadline of a transfer is ever reached, so setting and cancelling must cost next to
 * nothing: one thread looks at all of them, and is woken only for one that is earlier than its next
 * look. A timed park of a virtual thread wakes a thread of the JVM each time (docs/decisions/0020).
 */
final class Alarms {

  /** The only one: its thread lives as long as the program, so that no wait is ever without it. */
  static final Alarms SHARED = new Alarms();

  static {
    Thread.ofPlatform().daemon().name("leasehold-deadlines").start(SHARED::look);
  }

  /** How long the thread goes on looking when there is nothing to look at. */
  private static final long LINGER_NANOS = Duration.ofSeconds(1).toNanos();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition earlier = lock.newCondition();
  private final Set<Alarm> alarms = new HashSet<>();
  private boolean dormant;
  private long nextLook = System.nanoTime();

  private Alarms() {}

  /** One deadline of one thread. */
  final class Alarm {
    private final Thread waiter;
    private final long nanos;
    private volatile boolean rung;

    private Alarm(Thread waiter, long nanos) {
      this.waiter = waiter;
      this.nanos = nanos;
    }

    /** Whether the deadline has passed; the waiter was unparked after that. */
    boolean rung() {
      return rung;
    }

    void cancel() {
      lock.lock();
      try {
        alarms.remove(this);
      } finally {
        lock.unlock();
      }
    }

    private void ring() {
      rung = true;
      LockSupport.unpark(waiter);
    }
  }

  /** Unparks the current thread when the deadline passes. */
  Alarm set(Deadline deadline) {
    Alarm alarm = new Alarm(Thread.currentThread(), deadline.nanos());
    lock.lock();
    try {
      alarms.add(alarm);
      if (dormant || alarm.nanos - nextLook < 0) {
        earlier.signal();
      }
      return alarm;
    } finally {
      lock.unlock();
    }
  }

  private void look() {
    while (true) {
      lock.lock();
      try {
        boolean empty = alarms.isEmpty();
        nextLook = ringDue(System.nanoTime());
        dormant = empty;
        if (empty) {
          earlier.await();
        } else {
          earlier.awaitNanos(nextLook - System.nanoTime());
        }
      } catch (InterruptedException | OutOfMemoryError _) {
        // Deadlines must be kept whatever happens.
      } finally {
        dormant = false;
        lock.unlock();
      }
    }
  }

  /** Rings what is due, and tells when to look again. */
  private long ringDue(long now) {
    long next = now + LINGER_NANOS;
    for (Iterator<Alarm> all = alarms.iterator(); all.hasNext(); ) {
      Alarm alarm = all.next();
      if (alarm.nanos - now <= 0) {
        all.remove();
        alarm.ring();
      } else if (alarm.nanos - next < 0) {
        next = alarm.nanos;
      }
    }
    return next;
  }
}
