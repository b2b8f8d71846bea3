// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Threads for calls that may hang. A job gets a thread at once: the one that became idle last, else
 * a new one; so no job ever waits for another. How many there may be is bounded by those who
 * submit. Threads end after some seconds without work, and never keep the program from ending.
 * Thread-safe.
 */
class IoThreads {

  /** How long a thread stays without work. */
  static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

  /** Native calls need little; the JVM rounds up to its minimum. */
  private static final long STACK_BYTES = 256 * 1024;

  private final Duration keepAlive;
  private final Runnable whenIdle;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Worker> idle = new ArrayDeque<>();
  private int live;
  private long started;

  /**
   * @param whenIdle run by the last thread when it ends
   */
  IoThreads(Duration keepAlive, Runnable whenIdle) {
    this.keepAlive = keepAlive;
    this.whenIdle = whenIdle;
  }

  /** What a thread is for. Neither half may throw. */
  interface Job {

    /** May hang. */
    void run();

    /**
     * Tells whoever waits that it has run; must not hang. The thread is free for the next job by
     * then: who is told, and starts one at once, gets this very thread, still awake.
     */
    void publish();
  }

  /**
   * Runs {@code job} on a thread of its own, now.
   *
   * @return false if the system gives no further thread: the job will not run
   */
  boolean start(Job job) {
    Worker worker = takeIdle();
    if (worker == null) {
      return startNew(job);
    }
    worker.job = job;
    LockSupport.unpark(worker.thread);
    return true;
  }

  /** How many threads there are. */
  int live() {
    lock.lock();
    try {
      return live;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Worker takeIdle() {
    lock.lock();
    try {
      return idle.pollFirst();
    } finally {
      lock.unlock();
    }
  }

  private boolean startNew(Job job) {
    Worker worker = new Worker(job, nextNumber());
    try {
      worker.thread.start();
      return true;
    } catch (OutOfMemoryError e) { // "unable to create native thread"
      ended();
      return false;
    }
  }

  private long nextNumber() {
    lock.lock();
    try {
      live++;
      return ++started;
    } finally {
      lock.unlock();
    }
  }

  private void ended() {
    boolean last;
    lock.lock();
    try {
      live--;
      last = live == 0;
    } finally {
      lock.unlock();
    }
    if (last) {
      whenIdle.run();
    }
  }

  private final class Worker implements Runnable {

    final Thread thread;

    /** Written by whoever took this worker from {@link #idle}, cleared by its thread. */
    volatile @Nullable Job job;

    Worker(Job first, long number) {
      job = first;
      thread =
          Thread.ofPlatform()
              .daemon()
              .name("leasehold-io-" + number)
              .stackSize(STACK_BYTES)
              .unstarted(this);
    }

    @Override
    public void run() {
      try {
        for (Job next = job; next != null; next = awaitJob()) {
          job = null;
          next.run();
          becomeIdle();
          next.publish();
        }
      } finally {
        ended();
      }
    }

    private void becomeIdle() {
      lock.lock();
      try {
        idle.addFirst(this);
      } finally {
        lock.unlock();
      }
    }

    /** The next job, or null when none came for {@link #keepAlive} and this thread has to end. */
    private @Nullable Job awaitJob() {
      Deadline end = Deadline.in(keepAlive);
      boolean taken = false; // from idle: the job is about to come
      while (job == null) { // looked at before each park: a lock may have used up the permit
        long left = end.left();
        if (taken) {
          LockSupport.park(this);
        } else if (left > 0) {
          LockSupport.parkNanos(this, left);
        } else if (retire()) {
          return null;
        } else {
          taken = true;
        }
      }
      return job;
    }

    private boolean retire() {
      lock.lock();
      try {
        return idle.remove(this);
      } finally {
        lock.unlock();
      }
    }
  }
}
