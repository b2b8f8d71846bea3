// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * epoll(7) for both directions of a socket: each descriptor is reported once for each time it is
 * armed. Every result is zero or positive, or the negative errno.
 */
public final class ReadinessCalls {

  private static final NativeFunction EPOLL_CTL = NativeFunction.named("epoll_ctl");
  private static final NativeFunction EPOLL_WAIT = NativeFunction.named("epoll_wait");

  /** Something can be read, or the other end has stopped sending. */
  public static final int READABLE = 0x1 | 0x2000;

  /** Something can be written. */
  public static final int WRITABLE = 0x4;

  /** Reported whether asked for or not: an error, or both ends are closed. */
  public static final int BROKEN = 0x8 | 0x10;

  private static final int ONCE = 1 << 30;
  private static final int ADD = 1;
  private static final int DELETE = 2;
  private static final int MODIFY = 3;

  // struct epoll_event is packed on x86_64 only.
  private static final long EVENT_KEY = Machine.CURRENT.choose(4, 8);
  private static final long EVENT_SIZE = Machine.CURRENT.choose(12, 16);

  private ReadinessCalls() {}

  /** epoll_ctl(2): from now on the descriptor can be armed. */
  public static int add(int epoll, int descriptor, int mask, long key) {
    return control(epoll, ADD, descriptor, mask | ONCE, key);
  }

  /** epoll_ctl(2): report {@code key} once when {@code mask} holds, which may be so already. */
  public static int arm(int epoll, int descriptor, int mask, long key) {
    return control(epoll, MODIFY, descriptor, mask | ONCE, key);
  }

  /** epoll_ctl(2): report nothing any more. */
  public static int remove(int epoll, int descriptor) {
    return control(epoll, DELETE, descriptor, 0, 0);
  }

  private static int control(int epoll, int operation, int descriptor, int mask, long key) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(EVENT_SIZE, Long.BYTES);
      event.set(JAVA_INT_UNALIGNED, 0, mask);
      event.set(JAVA_LONG_UNALIGNED, EVENT_KEY, key);
      return EPOLL_CTL.callInt(epoll, operation, descriptor, event.address());
    }
  }

  /**
   * epoll_wait(2) without a time limit.
   *
   * @param keys filled with the keys of what is ready
   * @param masks filled with how it is ready; as long as {@code keys}
   * @return how many
   */
  public static int await(int epoll, long[] keys, int[] masks) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment events = arena.allocate(EVENT_SIZE * keys.length, Long.BYTES);
      int result = EPOLL_WAIT.callInt(epoll, events.address(), keys.length, -1);
      for (int i = 0; i < result; i++) {
        masks[i] = events.get(JAVA_INT_UNALIGNED, i * EVENT_SIZE);
        keys[i] = events.get(JAVA_LONG_UNALIGNED, i * EVENT_SIZE + EVENT_KEY);
      }
      return result;
    }
  }
}
