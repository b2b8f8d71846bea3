// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A function of the C library, called with up to six numbers.
 *
 * <p>All functions share one shape, six 64-bit registers in and one out, whatever C declares:
 * pointers and integers travel in the same registers on x86_64 and aarch64, a callee looks at the
 * lower half of one where it expects an int, and at none that it does not expect. For the JVM
 * prepares every new shape for some milliseconds, and a command that runs for fifty should not wait
 * for twenty of them (docs/decisions/0021). The callers give the types back.
 *
 * <p>Thread-safe. Errors come as the kernel has them: the negative errno.
 *
 * @param handle takes the room for errno and six numbers. A component of a record, so that the JVM
 *     takes it for a constant.
 */
record NativeFunction(MethodHandle handle) {

  private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;
  private static final FunctionDescriptor SHAPE =
      FunctionDescriptor.of(WORD, WORD, WORD, WORD, WORD, WORD, WORD);
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO =
      CALL_STATE.byteOffset(StructLayout.PathElement.groupElement("errno"));

  /**
   * Finds a function.
   *
   * @throws UnsupportedOperationException if the C library does not have it
   */
  @SuppressWarnings("restricted") // this package is the one room with native calls
  static NativeFunction named(String name) {
    Linker linker = Linker.nativeLinker();
    MemorySegment address =
        linker
            .defaultLookup()
            .find(name)
            .orElseThrow(
                () ->
                    new UnsupportedOperationException(
                        "the C library has no function "
                            + name
                            + ": glibc 2.31 or later is needed"));
    return new NativeFunction(
        linker.downcallHandle(address, SHAPE, Linker.Option.captureCallState("errno")));
  }

  /** Of a function that returns an int. */
  int callInt(long a, long b, long c, long d, long e, long f) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int result = (int) invoke(state, a, b, c, d, e, f);
      return result == -1 ? -errno(state) : result;
    }
  }

  /** Of a function that returns a long, a size or a pointer. */
  long callLong(long a, long b, long c, long d, long e, long f) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      long result = invoke(state, a, b, c, d, e, f);
      return result == -1 ? -errno(state) : result;
    }
  }

  private static int errno(MemorySegment state) {
    return state.get(ValueLayout.JAVA_INT, ERRNO);
  }

  private long invoke(MemorySegment state, long a, long b, long c, long d, long e, long f) {
    try {
      return (long) handle.invokeExact(state, a, b, c, d, e, f);
    } catch (Error | RuntimeException thrown) {
      throw thrown;
    } catch (Throwable thrown) {
      throw new IllegalStateException("a system call could not be made", thrown);
    }
  }

  int callInt() {
    return callInt(0, 0, 0, 0, 0, 0);
  }

  int callInt(long a) {
    return callInt(a, 0, 0, 0, 0, 0);
  }

  int callInt(long a, long b) {
    return callInt(a, b, 0, 0, 0, 0);
  }

  int callInt(long a, long b, long c) {
    return callInt(a, b, c, 0, 0, 0);
  }

  int callInt(long a, long b, long c, long d) {
    return callInt(a, b, c, d, 0, 0);
  }

  int callInt(long a, long b, long c, long d, long e) {
    return callInt(a, b, c, d, e, 0);
  }

  long callLong(long a, long b, long c) {
    return callLong(a, b, c, 0, 0, 0);
  }

  long callLong(long a, long b, long c, long d) {
    return callLong(a, b, c, d, 0, 0);
  }

  long callLong(long a, long b, long c, long d, long e) {
    return callLong(a, b, c, d, e, 0);
  }
}
