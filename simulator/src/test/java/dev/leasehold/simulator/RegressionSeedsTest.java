// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.simulator.cluster.ClusterRun;
import dev.leasehold.simulator.cluster.Fault;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Seeds that once showed a bug (docs/bugs-found.md). They guard less and less as the code changes,
 * since a seed means another run then; the mutants guard what they stood for.
 */
class RegressionSeedsTest {

  @ParameterizedTest
  @CsvSource({
    "2308, '-c-hosts,-twin-name'",
    "2189, '-c-hosts,-twin-name'",
    "2307, '-c-hosts,-twin-name'",
    "1206, all",
    "1068, all",
    "1106, all",
    "5342, all",
    "500172, all",
    "803201, all",
    "1003643, all",
  })
  void holds(long seed, String faults) {
    Set<Fault> allowed = SimulateOptions.faults(faults).orElse(EnumSet.noneOf(Fault.class));
    assertThat(ClusterRun.run(ClusterRun.Order.of(seed).withFaults(allowed)).violation()).isEmpty();
  }
}
