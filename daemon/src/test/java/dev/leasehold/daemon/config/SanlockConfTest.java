// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SanlockConfTest {
  @TempDir Path dir;

  private DaemonOptions read(String text) throws IOException, BadOption {
    OptionsBuilder options = new OptionsBuilder();
    SanlockConf.read(Files.writeString(dir.resolve("conf"), text), options);
    return options.build();
  }

  @Test
  void aMissingFileLeavesTheDefaults() throws BadOption {
    OptionsBuilder options = new OptionsBuilder();
    SanlockConf.read(dir.resolve("none"), options);
    DaemonOptions built = options.build();
    assertThat(built.useWatchdog()).isTrue();
    assertThat(built.grace()).isEqualTo(40);
    assertThat(built.debugCommands()).isEqualTo(0xfffffffffe06ffffL);
  }

  @Test
  void aFileThatIsNamedMustBeThere() throws Exception {
    OptionsBuilder options = new OptionsBuilder();
    assertThatThrownBy(() -> SanlockConf.readNamed(dir.resolve("none"), options))
        .isInstanceOf(BadOption.class);
    Path file = Files.writeString(dir.resolve("conf"), "watchdog_fire_timeout = 90\n");
    SanlockConf.readNamed(file, options);
    assertThat(options.build().watchdogFireTimeout()).isEqualTo(90);
  }

  @Test
  void keysOfTheOriginalAreTaken() throws Exception {
    DaemonOptions options =
        read(
            """
            # use_watchdog = 1
            use_watchdog = 0 and more words
            our_host_name=kvm1
            uname\t= nobody
            renewal_read_extend_sec = 0
            max_sectors_kb = ignore
            kill_grace_seconds = 61
            debug_cmd = +status
            some_key_of_another_version = x
            no equals sign
            """);
    assertThat(options.useWatchdog()).isFalse();
    assertThat(options.hostName()).contains("kvm1");
    assertThat(options.user()).contains("nobody");
    assertThat(options.renewalReadExtend()).hasValue(0);
    assertThat(options.maxSectorsKb().ignore()).isTrue();
    assertThat(options.gracePeriod()).isEmpty();
  }

  @Test
  void theGracePeriodSuitsTheWatchdog() throws Exception {
    assertThat(read("watchdog_fire_timeout = 30").grace()).isEqualTo(15);
    assertThat(read("watchdog_fire_timeout = 10").grace()).isZero();
    assertThat(read("watchdog_fire_timeout = 10\nkill_grace_seconds = 20").grace()).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "use_watchdog = yes",
        "io_timeout = 0",
        "mlock_level = 3",
        "max_sectors_kb = 3",
        "watchdog_fire_timeout =",
        "sh_retries = 99999999999"
      })
  void whatCannotBeUsedIsRefusedWithItsPlace(String line) {
    assertThatThrownBy(() -> read("\n" + line))
        .isInstanceOf(BadOption.class)
        .hasMessageContaining("conf line 2: " + line.substring(0, line.indexOf(' ')));
  }
}
