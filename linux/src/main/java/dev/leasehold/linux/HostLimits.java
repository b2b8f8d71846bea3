// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.ffi.LimitCalls;
import java.io.File;
import java.util.ArrayList;
import java.util.List;

/** What a daemon asks of the host for itself. Every method says what it did not get. */
public final class HostLimits {
  private HostLimits() {}

  /** Locked memory, real-time priority and core files without limit, as the original has them. */
  public static List<String> raise() {
    List<String> refused = new ArrayList<>();
    raise(LimitCalls.LOCKED_MEMORY, "locked memory", refused);
    raise(LimitCalls.REALTIME_PRIORITY, "real-time priority", refused);
    raise(LimitCalls.CORE, "core files", refused);
    return refused;
  }

  private static void raise(int limit, String what, List<String> refused) {
    int result = LimitCalls.unlimited(limit);
    if (result < 0) {
      refused.add("the limit of " + what + " cannot be raised: " + Errno.describe(-result));
    }
  }

  /** Puts the threads that exist, and those they start, before all that is not real-time. */
  public static List<String> highPriority(int priority) {
    List<String> refused = new ArrayList<>();
    String[] threads = new File("/proc/self/task").list();
    for (String thread : threads == null ? new String[0] : threads) {
      int result = LimitCalls.roundRobin(Integer.parseInt(thread), priority);
      if (result < 0 && refused.isEmpty()) {
        refused.add("no real-time priority: " + Errno.describe(-result));
      }
    }
    return refused;
  }

  /** Leaves the terminal's session, so that its end does not end the daemon. */
  public static void leaveTerminal() {
    // Fails only for who leads a session already, which is as good.
    int _ = LimitCalls.newSession();
  }
}
