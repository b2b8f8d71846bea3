// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.ffi.MemoryCalls;

/**
 * Keeps the memory of this process from being swapped out, so that a renewal never waits for swap
 * space on the very storage that hangs.
 *
 * <p>Pages are locked as they come into use (MCL_ONFAULT): locking all that a JVM has mapped would
 * cost four times the memory (docs/spec/jvm-notes.md 3b).
 */
public final class MemoryLock {

  private MemoryLock() {}

  /** What became of it; {@link #words} is a sentence for the log. */
  public sealed interface Result {

    /** For the log. */
    String words();

    /** Memory in use is and stays locked. */
    record Locked(String words) implements Result {}

    /**
     * Nothing is locked; everything works, but may wait for swap space.
     *
     * @param errno positive
     */
    record NotLocked(int errno, String words) implements Result {}
  }

  /** Locks what is mapped now. */
  public static Result lock() {
    return describe(MemoryCalls.lockAllOnFault());
  }

  static Result describe(int result) {
    return switch (-result) {
      case 0 -> new Result.Locked("memory is locked: it will not be swapped out");
      case Errno.EPERM, Errno.ENOMEM, Errno.EAGAIN ->
          new Result.NotLocked(
              -result,
              "memory is not locked ("
                  + Errno.describe(-result)
                  + "): under memory pressure a renewal may be late; to permit it, raise the limit"
                  + " of locked memory (ulimit -l, LimitMEMLOCK=infinity in the systemd unit)");
      default ->
          new Result.NotLocked(-result, "memory is not locked (" + Errno.describe(-result) + ")");
    };
  }
}
