// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** clock_gettime(2) of the clocks that java.lang.System does not promise. Never blocks. */
public final class TimeCalls {

  private static final NativeFunction CLOCK_GETTIME = NativeFunction.named("clock_gettime");
  private static final int CLOCK_MONOTONIC = 1;
  private static final int CLOCK_BOOTTIME = 7;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private TimeCalls() {}

  /** CLOCK_BOOTTIME in nanoseconds: since boot, suspended time counted. */
  public static long bootNanos() {
    return nanos(CLOCK_BOOTTIME);
  }

  /** CLOCK_MONOTONIC in nanoseconds: stands still while the host is suspended. */
  public static long monotonicNanos() {
    return nanos(CLOCK_MONOTONIC);
  }

  private static long nanos(int clock) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment timespec = arena.allocate(ValueLayout.JAVA_LONG, 2);
      int result = CLOCK_GETTIME.callInt(clock, timespec.address());
      if (result != 0) {
        throw new UnsupportedOperationException("this kernel has no clock " + clock);
      }
      return timespec.getAtIndex(ValueLayout.JAVA_LONG, 0) * NANOS_PER_SECOND
          + timespec.getAtIndex(ValueLayout.JAVA_LONG, 1);
    }
  }
}
