// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import dev.leasehold.simulator.cluster.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/**
 * Fresh seeds at every build: {@code -Dleasehold.simulate.seconds=N} says for how long, {@code
 * -Dleasehold.simulate.seed=N} where to begin.
 */
class FreshSeedsTest {

  private static final int TOLD_LINES = 60;
  private static final Path TARGET = Path.of("target");
  private static final Path COMPLETE = TARGET.resolve("simulator-timeline.txt");

  @Test
  void noViolation() throws IOException {
    long seconds = Long.getLong("leasehold.simulate.seconds", 100);
    long seed = Long.getLong("leasehold.simulate.seed", Simulation.freshSeed());
    System.out.println("simulator: " + seconds + " s of seeds from " + seed);
    SimulationReport report =
        Simulation.run(
            new SimulateOptions(
                OptionalLong.of(seed),
                OptionalLong.empty(),
                OptionalLong.of(seconds),
                3,
                20,
                EnumSet.allOf(Fault.class)),
            Simulation.Progress.SILENT);
    System.out.println("simulator: " + report.verdict());
    if (report.failure().isPresent()) {
      SimulationReport.Failure failure = report.failure().get();
      Files.createDirectories(TARGET);
      Files.write(COMPLETE, failure.timeline());
      fail(failure.told(TOLD_LINES) + "The complete timeline: " + COMPLETE.toAbsolutePath() + "\n");
    }
    assertThat(report.grants()).isPositive();
  }
}
