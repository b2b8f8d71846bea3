// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What this process may take, and its place in the session. Results 0 or the negative errno. */
public final class LimitCalls {

  private static final NativeFunction SETRLIMIT = NativeFunction.named("setrlimit");
  private static final NativeFunction SETSID = NativeFunction.named("setsid");
  private static final NativeFunction SCHED_SETSCHEDULER =
      NativeFunction.named("sched_setscheduler");

  /** RLIMIT_CORE. */
  public static final int CORE = 4;

  /** RLIMIT_MEMLOCK. */
  public static final int LOCKED_MEMORY = 8;

  /** RLIMIT_RTPRIO. */
  public static final int REALTIME_PRIORITY = 14;

  private static final long INFINITY = -1;
  private static final int SCHED_RR = 2;

  private LimitCalls() {}

  /** setrlimit(2) of a limit to RLIM_INFINITY. */
  public static int unlimited(int resource) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limit = arena.allocate(ValueLayout.JAVA_LONG, 2);
      limit.setAtIndex(ValueLayout.JAVA_LONG, 0, INFINITY);
      limit.setAtIndex(ValueLayout.JAVA_LONG, 1, INFINITY);
      return SETRLIMIT.callInt(resource, limit.address());
    }
  }

  /** setsid(2): away from the terminal. */
  public static int newSession() {
    int result = SETSID.callInt();
    return Math.min(result, 0);
  }

  /**
   * sched_setscheduler(2): round robin, before everything that is not real-time.
   *
   * @param thread its kernel id
   * @param priority 1 to 99
   */
  public static int roundRobin(int thread, int priority) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment parameter = arena.allocateFrom(ValueLayout.JAVA_INT, priority);
      return SCHED_SETSCHEDULER.callInt(thread, SCHED_RR, parameter.address());
    }
  }
}
