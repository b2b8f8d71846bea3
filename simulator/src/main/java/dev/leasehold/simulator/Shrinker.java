// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator;

import dev.leasehold.simulator.cluster.ClusterRun;
import dev.leasehold.simulator.cluster.Fault;
import dev.leasehold.simulator.kernel.Violation;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes a failing run small: takes away one fault after the other as long as the same invariant
 * still fails, and cuts the run at the failing event.
 */
final class Shrinker {

  private Shrinker() {}

  static SimulationReport.Failure shrink(ClusterRun.Result failed) {
    ClusterRun.Result best = failed;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (Fault fault : Fault.values()) {
        if (!best.faults().containsKey(fault)) {
          continue;
        }
        ClusterRun.Result without = without(best, fault);
        if (sameInvariant(failed, without)) {
          best = without;
          smaller = true;
        }
      }
    }
    return failure(best);
  }

  private static ClusterRun.Result without(ClusterRun.Result result, Fault fault) {
    Set<Fault> fewer = EnumSet.noneOf(Fault.class);
    fewer.addAll(result.faults().keySet());
    fewer.remove(fault);
    return ClusterRun.run(result.order().withFaults(fewer));
  }

  private static boolean sameInvariant(ClusterRun.Result a, ClusterRun.Result b) {
    return a.violation().map(Violation::invariant).equals(b.violation().map(Violation::invariant));
  }

  private static SimulationReport.Failure failure(ClusterRun.Result best) {
    ClusterRun.Result told = ClusterRun.run(best.order().recorded(best.events()));
    Violation violation = best.violation().orElseThrow();
    String faults =
        best.faults().isEmpty()
            ? "none"
            : best.faults().keySet().stream()
                .sorted()
                .map(fault -> fault.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .collect(Collectors.joining(","));
    return new SimulationReport.Failure(
        best.order().seed(),
        best.order().hosts(),
        best.order().busySeconds() / 60,
        faults,
        best.events(),
        violation.invariant(),
        violation.message(),
        Timeline.write(told.lines(), best.order().hosts()));
  }
}
