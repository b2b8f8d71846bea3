// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.engine.port.Watchdog.WatchdogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HostTest {

  @Test
  void theHostNameIsTheKernels() throws IOException {
    String kernels = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    assertThat(HostName.current()).isEqualTo(kernels.equals("(none)") ? "localhost" : kernels);
  }

  @Test
  void withoutAWatchdogNothingIsArmedAndThatIsSaid() throws WatchdogException {
    Watchdog none = new NoWatchdog();
    assertThat(none.protects()).isFalse();
    assertThat(none.description()).contains("none", "killing only");
    try (Watchdog.Test test = none.open("sanlock_LS:1")) {
      test.live(1, 81);
      test.clear();
    }
  }
}
