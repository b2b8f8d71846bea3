// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** What the kernel calls this host. */
public final class HostCalls {

  private static final NativeFunction GETHOSTNAME = NativeFunction.named("gethostname");

  /** HOST_NAME_MAX and the closing NUL. */
  private static final long MAX = 65;

  private HostCalls() {}

  /** gethostname(2), without asking the network; empty if the host has no name. */
  public static String gethostname() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(MAX + 1);
      int result = GETHOSTNAME.callInt(name.address(), MAX);
      return result < 0 ? "" : name.getString(0, StandardCharsets.UTF_8);
    }
  }
}
