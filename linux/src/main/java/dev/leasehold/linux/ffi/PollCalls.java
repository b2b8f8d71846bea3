// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Waiting for descriptors. Every result is zero or positive, or the negative errno. */
public final class PollCalls {

  private static final NativeFunction POLL = NativeFunction.named("poll");
  private static final NativeFunction EPOLL_CREATE1 = NativeFunction.named("epoll_create1");
  private static final NativeFunction EPOLL_CTL = NativeFunction.named("epoll_ctl");
  private static final NativeFunction EPOLL_WAIT = NativeFunction.named("epoll_wait");
  private static final NativeFunction EVENTFD = NativeFunction.named("eventfd");
  private static final NativeFunction WRITE = NativeFunction.named("write");

  private static final short POLLIN = 1;
  private static final int EPOLLIN = 1;
  private static final int EPOLLONESHOT = 1 << 30;
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLL_CTL_MOD = 3;
  private static final int CLOSE_ON_EXEC = 0x80000;

  // struct epoll_event is packed on x86_64 only.
  private static final long EVENT_KEY = Machine.CURRENT.choose(4, 8);
  private static final long EVENT_SIZE = Machine.CURRENT.choose(12, 16);

  private PollCalls() {}

  /** poll(2) of one descriptor without waiting: 1 if it is readable, 0 if not. */
  public static int readable(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pollfd = arena.allocate(8, 4);
      pollfd.set(JAVA_INT, 0, fd);
      pollfd.set(JAVA_SHORT, 4, POLLIN);
      int result = POLL.callInt(pollfd.address(), 1, 0);
      return result <= 0 ? result : pollfd.get(JAVA_SHORT, 6) & POLLIN;
    }
  }

  /** epoll_create1(2). Returns a descriptor, closed on exec. */
  public static int epollCreate() {
    return EPOLL_CREATE1.callInt(CLOSE_ON_EXEC);
  }

  /** epoll_ctl(2): report {@code key} once, when {@code fd} is readable. */
  public static int epollAddOnce(int epoll, int fd, long key) {
    return epollControl(epoll, EPOLL_CTL_ADD, fd, key);
  }

  /** As {@link #epollAddOnce}, for one that was added before. */
  public static int epollAgainOnce(int epoll, int fd, long key) {
    return epollControl(epoll, EPOLL_CTL_MOD, fd, key);
  }

  private static int epollControl(int epoll, int operation, int fd, long key) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(EVENT_SIZE, Long.BYTES);
      event.set(JAVA_INT, 0, EPOLLIN | EPOLLONESHOT);
      event.set(JAVA_LONG_UNALIGNED, EVENT_KEY, key);
      return EPOLL_CTL.callInt(epoll, operation, fd, event.address());
    }
  }

  /**
   * epoll_wait(2) without a time limit.
   *
   * @param keys filled with the keys of what is readable
   * @return how many keys
   */
  public static int epollWait(int epoll, long[] keys) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment events = arena.allocate(EVENT_SIZE * keys.length, Long.BYTES);
      int result = EPOLL_WAIT.callInt(epoll, events.address(), keys.length, -1);
      for (int i = 0; i < result; i++) {
        keys[i] = events.get(JAVA_LONG_UNALIGNED, i * EVENT_SIZE + EVENT_KEY);
      }
      return result;
    }
  }

  /** eventfd(2), closed on exec; readable once {@link #eventRaise}d. */
  public static int eventCreate() {
    return EVENTFD.callInt(0, CLOSE_ON_EXEC);
  }

  /** Makes an eventfd readable. */
  public static int eventRaise(int eventFd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocateFrom(JAVA_LONG, 1);
      return Math.toIntExact(WRITE.callLong(eventFd, one.address(), one.byteSize()));
    }
  }
}
