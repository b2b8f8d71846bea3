// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.socket;

import dev.leasehold.linux.ffi.Descriptor;
import dev.leasehold.linux.ffi.DescriptorCalls;
import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.ffi.PollCalls;
import dev.leasehold.linux.ffi.ReadinessCalls;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One thread that waits, by epoll(7), until sockets can be read or written. It starts with the
 * first socket waited for. Thread-safe.
 */
final class Readiness implements AutoCloseable {

  private static final long CLOSE_KEY = 0;
  private static final int EVENTS = 128;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Interest> interests = new ConcurrentHashMap<>();
  private final AtomicLong lastKey = new AtomicLong(CLOSE_KEY);
  private volatile int epoll = -1;
  private int wakeUp = -1;
  private boolean closed;

  /** A socket that can be waited for from now on; to be closed before its descriptor. */
  Interest watch(Descriptor socket) {
    startThreadOnce();
    Interest interest = new Interest(this, socket, lastKey.incrementAndGet());
    interests.put(interest.key(), interest);
    return interest;
  }

  /** The epoll descriptor; for {@link Interest}. */
  int epoll() {
    return epoll;
  }

  void forget(Interest interest) {
    interests.remove(interest.key());
  }

  /** How many sockets are watched: none once all are closed. */
  int watched() {
    return interests.size();
  }

  private void startThreadOnce() {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the sockets are closed");
      }
      if (epoll < 0) {
        int created = checked(PollCalls.epollCreate());
        wakeUp = checked(PollCalls.eventCreate());
        checked(ReadinessCalls.add(created, wakeUp, ReadinessCalls.READABLE, CLOSE_KEY));
        epoll = created;
        Thread.ofPlatform().daemon().name("leasehold-sockets").start(this::poll);
      }
    } finally {
      lock.unlock();
    }
  }

  static int checked(int result) {
    if (result < 0) {
      throw new IllegalStateException("cannot watch sockets: " + Errno.describe(-result));
    }
    return result;
  }

  private void poll() {
    long[] keys = new long[EVENTS];
    int[] masks = new int[EVENTS];
    boolean open = true;
    while (open) {
      int count = ReadinessCalls.await(epoll, keys, masks);
      if (count < 0 && count != -Errno.EINTR) {
        throw new IllegalStateException("epoll_wait: " + Errno.describe(-count));
      }
      for (int i = 0; i < count; i++) {
        open &= keys[i] != CLOSE_KEY;
        Interest interest = interests.get(keys[i]);
        if (interest != null) {
          interest.fired(masks[i]);
        }
      }
    }
    DescriptorCalls.close(epoll);
    DescriptorCalls.close(wakeUp);
  }

  /** Ends the thread. Every socket must have been closed before. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed && epoll >= 0) {
        checked(PollCalls.eventRaise(wakeUp));
      }
      closed = true;
    } finally {
      lock.unlock();
    }
  }
}
