// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Processes by pidfd. None of these calls blocks. Every result is zero or positive, or the negative
 * errno.
 *
 * <p>kill(2) is left out on purpose: a number may belong to another process by now, a pidfd cannot.
 */
public final class ProcessCalls {

  // glibc has wrappers of these two since 2.36 only. The numbers are the same on all processors.
  private static final NativeFunction SYSCALL = NativeFunction.named("syscall");
  private static final long SYS_PIDFD_SEND_SIGNAL = 424;
  private static final long SYS_PIDFD_OPEN = 434;

  private static final NativeFunction EXECV = NativeFunction.named("execv");

  private ProcessCalls() {}

  /** execv(3). Returns only if it failed, with the negative errno. */
  public static int exec(List<String> argv) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment words = arena.allocate(ValueLayout.JAVA_LONG, argv.size() + 1L);
      for (int i = 0; i < argv.size(); i++) {
        words.setAtIndex(ValueLayout.JAVA_LONG, i, NativeText.of(arena, argv.get(i)));
      }
      return EXECV.callInt(words.getAtIndex(ValueLayout.JAVA_LONG, 0), words.address());
    }
  }

  /** pidfd_open(2), Linux 5.3. Returns a descriptor, closed on exec. */
  public static int pidfdOpen(int pid) {
    return Math.toIntExact(SYSCALL.callLong(SYS_PIDFD_OPEN, pid, 0));
  }

  /** pidfd_send_signal(2), Linux 5.1, without siginfo. */
  public static int pidfdSendSignal(int pidfd, int signal) {
    return Math.toIntExact(SYSCALL.callLong(SYS_PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0));
  }
}
