// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/** Strings for C. */
final class NativeText {

  private NativeText() {}

  /**
   * Address of a C string that lives as long as {@code arena}.
   *
   * @throws IllegalArgumentException if it has a NUL character: C would see another, shorter string
   */
  static long of(Arena arena, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a string for a system call has a NUL character");
    }
    return arena.allocateFrom(text, StandardCharsets.UTF_8).address();
  }
}
