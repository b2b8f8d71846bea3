// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The watchdog's time is that of the daemons, for commands with an engine of their own too. */
class WatchdogFireTest {
  @TempDir private Path directory;

  private int seconds(String leasehold, String sanlock) throws Exception {
    return WatchdogFire.of(
        Files.writeString(directory.resolve("l.conf"), leasehold),
        Files.writeString(directory.resolve("s.conf"), sanlock));
  }

  @Test
  void ourFileCountsThenSanlocksThenTheUsual() throws Exception {
    String sanlock = "watchdog_fire_timeout = 90\n";
    assertThat(seconds("watchdog_fire_timeout = 120\n", sanlock)).isEqualTo(120);
    assertThat(seconds("max_hosts = 10\n", sanlock)).isEqualTo(90);
    assertThat(seconds("", "")).isEqualTo(60);
    assertThat(WatchdogFire.of(directory.resolve("none"), directory.resolve("none"))).isEqualTo(60);
  }

  @Test
  void aFileThatCannotBeUnderstoodIsNotTakenForTheUsual() {
    assertThatThrownBy(() -> seconds("watchdog_fire_timeout = x\n", ""))
        .isInstanceOf(Failure.class);
    assertThatThrownBy(() -> seconds("", "watchdog_fire_timeout = x\n"))
        .isInstanceOf(Failure.class);
  }
}
