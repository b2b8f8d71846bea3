// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.process;

import dev.leasehold.engine.port.Tasks;
import dev.leasehold.linux.ffi.Descriptor;
import dev.leasehold.linux.ffi.DescriptorCalls;
import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.ffi.PollCalls;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One thread that waits, by epoll(7), for the end of every watched process. It starts with the
 * first one watched. Thread-safe.
 */
final class ExitPoller implements AutoCloseable {

  private static final long CLOSE_KEY = 0;
  private static final int EVENTS = 64;

  private final Tasks tasks;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Watch> byKey = new HashMap<>();
  private final Map<Descriptor, Long> keys = new HashMap<>();
  private long lastKey = CLOSE_KEY;
  private int epoll = -1;
  private int wakeUp = -1;
  private boolean closed;

  ExitPoller(Tasks tasks) {
    this.tasks = tasks;
  }

  private record Watch(Descriptor pidfd, List<Action> actions) {}

  private record Action(String name, Runnable body) {}

  /** Runs {@code body} on a task of its own once the process has ended. */
  void watch(Descriptor pidfd, String name, Runnable body) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("processes are not watched any more");
      }
      startThreadOnce();
      Watch same = byKey.get(keys.getOrDefault(pidfd, CLOSE_KEY));
      if (same != null) {
        same.actions.add(new Action(name, body));
        return;
      }
      add(pidfd, new Action(name, body));
    } finally {
      lock.unlock();
    }
  }

  private void add(Descriptor pidfd, Action action) {
    long key = ++lastKey;
    // Not readable before it is in the map: an event of it waits for the lock.
    boolean again = keys.containsKey(pidfd);
    int result =
        again
            ? PollCalls.epollAgainOnce(epoll, pidfd.number(), key)
            : PollCalls.epollAddOnce(epoll, pidfd.number(), key);
    if (result < 0) {
      throw new IllegalStateException("cannot watch a process: " + Errno.describe(-result));
    }
    keys.put(pidfd, key);
    byKey.put(key, new Watch(pidfd, new ArrayList<>(List.of(action))));
  }

  /** Actions of this descriptor are not run any more, unless they have begun. */
  void forget(Descriptor pidfd) {
    lock.lock();
    try {
      Long key = keys.remove(pidfd);
      if (key != null) {
        byKey.remove(key);
      }
    } finally {
      lock.unlock();
    }
  }

  private void startThreadOnce() {
    if (epoll >= 0) {
      return;
    }
    epoll = checked(PollCalls.epollCreate());
    wakeUp = checked(PollCalls.eventCreate());
    checked(PollCalls.epollAddOnce(epoll, wakeUp, CLOSE_KEY));
    Thread.ofPlatform().daemon().name("leasehold-exits").start(this::poll);
  }

  private static int checked(int result) {
    if (result < 0) {
      throw new IllegalStateException("cannot watch processes: " + Errno.describe(-result));
    }
    return result;
  }

  private void poll() {
    int epollFd = epoll;
    int wakeUpFd = wakeUp;
    long[] ready = new long[EVENTS];
    boolean open = true;
    while (open) {
      int count = PollCalls.epollWait(epollFd, ready);
      if (count < 0 && count != -Errno.EINTR) {
        throw new IllegalStateException("epoll_wait: " + Errno.describe(-count));
      }
      for (int i = 0; i < count; i++) {
        open &= ready[i] != CLOSE_KEY;
        ended(ready[i]);
      }
    }
    DescriptorCalls.close(epollFd);
    DescriptorCalls.close(wakeUpFd);
  }

  private void ended(long key) {
    List<Action> actions = List.of();
    lock.lock();
    try {
      Watch watch = byKey.remove(key);
      if (watch != null) {
        actions = List.copyOf(watch.actions);
      }
    } finally {
      lock.unlock();
    }
    for (Action action : actions) {
      tasks.start(action.name, action.body);
    }
  }

  /** Ends the thread; no action is run any more. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed && epoll >= 0) {
        checked(PollCalls.eventRaise(wakeUp));
      }
      closed = true;
      byKey.clear();
      keys.clear();
    } finally {
      lock.unlock();
    }
  }
}
