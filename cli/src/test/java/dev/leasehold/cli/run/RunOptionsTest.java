// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.disk.LeaseDirectory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunOptionsTest {
  private static RunOptions options(int watchdogFire, Map<String, List<String>> given)
      throws UsageException {
    return RunOptions.of(
        new Arguments(given, List.of(), List.of("true")),
        new LeaseDirectory("/srv/leases", false),
        List.of(),
        watchdogFire);
  }

  @Test
  void theCommandIsKilledBeforeTheWatchdogOfOthersWouldHaveFired() throws Exception {
    assertThat(options(60, Map.of()).grace()).isEqualTo(40);
    assertThat(options(120, Map.of()).watchdogFire()).isEqualTo(120);
    assertThat(options(120, Map.of("grace", List.of("110"))).grace()).isEqualTo(110);
    assertThat(options(30, Map.of()).grace()).isEqualTo(20);
    assertThat(options(5, Map.of()).grace()).isEqualTo(0);
    assertThatThrownBy(() -> options(30, Map.of("grace", List.of("21"))))
        .isInstanceOf(UsageException.class);
  }
}
