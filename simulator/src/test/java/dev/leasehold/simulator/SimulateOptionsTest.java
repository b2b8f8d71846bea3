// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.simulator.cluster.Fault;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulateOptionsTest {

  @Test
  void faultsByName() {
    assertThat(SimulateOptions.faults("all")).contains(EnumSet.allOf(Fault.class));
    assertThat(SimulateOptions.faults("none")).contains(EnumSet.noneOf(Fault.class));
    assertThat(SimulateOptions.faults("late-io, crash"))
        .contains(EnumSet.of(Fault.LATE_IO, Fault.CRASH));
    assertThat(SimulateOptions.faults("-c-hosts"))
        .contains(EnumSet.complementOf(EnumSet.of(Fault.C_HOSTS)));
    assertThat(SimulateOptions.faults("-c-hosts, -CRASH"))
        .contains(EnumSet.complementOf(EnumSet.of(Fault.C_HOSTS, Fault.CRASH)));
    assertThat(SimulateOptions.faults("earthquake")).isEmpty();
    assertThat(SimulateOptions.wrongFault("crash,earthquake")).contains("earthquake");
    assertThat(SimulateOptions.wrongFault("late-io,-crash")).contains("-crash");
    assertThat(SimulateOptions.wrongFault("-late-io,crash")).contains("crash");
  }

  @Test
  void rangesAreChecked() {
    assertThatThrownBy(
            () ->
                new SimulateOptions(
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    0,
                    1,
                    Set.of()))
        .hasMessageContaining("hosts is 0, expected 1 to 20");
  }

  @Test
  void reportsWhatItRan() {
    SimulationReport report =
        Simulation.run(
            new SimulateOptions(
                OptionalLong.of(7), OptionalLong.of(2), OptionalLong.empty(), 2, 5, Set.of()),
            Simulation.Progress.SILENT);
    assertThat(report.seeds()).isEqualTo(2);
    assertThat(report.failure()).isEmpty();
    assertThat(report.verdict()).startsWith("no violation: 2 seeds from 7");
    assertThat(report.grants()).isPositive();
  }
}
