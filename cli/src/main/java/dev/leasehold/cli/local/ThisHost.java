// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import dev.leasehold.lease.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What tells this process's surroundings from others. */
public final class ThisHost {
  private static final long NANOS = 1_000_000_000L;

  private ThisHost() {}

  /** In which namespace process ids are meant; equal for processes that see the same numbers. */
  public static long pidNamespace() {
    try {
      return (long) Files.getAttribute(Path.of("/proc/self/ns/pid"), "unix:ino");
    } catch (IOException e) {
      throw new IllegalStateException("/proc is not mounted", e);
    }
  }

  /** How long the host was suspended since its boot, within a second: the clocks' difference. */
  public static long suspendedSeconds(Clock clock) {
    return Math.max(0, clock.bootNanos() / NANOS - clock.monotonicSeconds());
  }
}
