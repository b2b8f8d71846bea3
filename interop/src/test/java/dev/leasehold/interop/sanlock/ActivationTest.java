// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.sanlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.interop.Programs;
import dev.leasehold.interop.SanlockDaemon;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A socket that systemd made is served: clients that came before the daemon are answered. */
@Timeout(120)
class ActivationTest {
  @TempDir Path dir;

  @Test
  void aSocketThatWasHandedOverIsServed() throws Exception {
    String missing = Programs.missingSanlock().orElse("");
    assumeTrue(missing.isEmpty(), missing);
    assumeTrue(Programs.find("perl").isPresent(), "the program perl is missing");
    Path run = dir.resolve("run");
    try (SanlockDaemon daemon = SanlockDaemon.startOursActivated(run, "activated")) {
      Object made = Files.getAttribute(run.resolve("sanlock.sock"), "unix:ino");
      assertThat(daemon.client("status", "-D").output()).contains("our_host_name=activated");
      assertThat(Files.getAttribute(run.resolve("sanlock.sock"), "unix:ino")).isEqualTo(made);
    }
  }
}
