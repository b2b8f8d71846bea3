// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.mutant;

import dev.leasehold.simulator.cluster.ClusterRun;
import dev.leasehold.simulator.cluster.Fault;
import dev.leasehold.simulator.cluster.WorstCase;
import dev.leasehold.simulator.kernel.Violation;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Runs one seed inside a mutant's class loader. Takes {@code seed,hosts,seconds,ioTimeout,FAULTS}
 * with the faults separated by a bar, or {@code seed,worst case,WAY,ioTimeout,fire,driftPpm}; gives
 * the violation in words, or nothing.
 */
public final class MutantEntry implements UnaryOperator<String> {

  static final String WORST_CASE = "worst case";

  @Override
  public String apply(String order) {
    String[] parts = order.split(",", -1);
    Optional<Violation> violation =
        parts[1].equals(WORST_CASE)
            ? WorstCase.play(scene(parts)).violation()
            : ClusterRun.run(cluster(parts)).violation();
    return violation.map(found -> found.invariant() + ": " + found.message()).orElse("");
  }

  private static WorstCase.Scene scene(String... parts) {
    return new WorstCase.Scene(
        Long.parseLong(parts[0]),
        WorstCase.Way.valueOf(parts[2]),
        Integer.parseInt(parts[3]),
        Integer.parseInt(parts[4]),
        Long.parseLong(parts[5]));
  }

  private static ClusterRun.Order cluster(String... parts) {
    Set<Fault> faults = EnumSet.noneOf(Fault.class);
    for (String name : parts[4].split("\\|", -1)) {
      if (!name.isEmpty()) {
        faults.add(Fault.valueOf(name));
      }
    }
    return ClusterRun.Order.of(Long.parseLong(parts[0]))
        .withSize(Integer.parseInt(parts[1]), Long.parseLong(parts[2]))
        .withIoTimeout(Integer.parseInt(parts[3]))
        .withFaults(faults)
        .withEveryFault();
  }
}
