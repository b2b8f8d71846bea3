// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator;

import dev.leasehold.simulator.cluster.Fault;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What to simulate.
 *
 * @param seed of the first run; a fresh one is taken if there is none
 * @param seeds how many runs; empty to go on until {@code seconds} are over
 * @param seconds of real time after which no further run begins; empty for no limit. Together with
 *     empty {@code seeds} this is "for ever"
 * @param hosts machines in the cluster, 1 to 20
 * @param minutes of simulated time in which things go wrong, in each run
 * @param faults that are allowed; each seed picks from them
 */
public record SimulateOptions(
    OptionalLong seed,
    OptionalLong seeds,
    OptionalLong seconds,
    int hosts,
    long minutes,
    Set<Fault> faults) {

  /** One run of a fresh seed: three hosts, twenty minutes, every fault. */
  public static final SimulateOptions DEFAULT =
      new SimulateOptions(
          OptionalLong.empty(),
          OptionalLong.of(1),
          OptionalLong.empty(),
          3,
          20,
          EnumSet.allOf(Fault.class));

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value and its range
   */
  public SimulateOptions {
    if (hosts < 1 || hosts > 20) {
      throw new IllegalArgumentException("hosts is " + hosts + ", expected 1 to 20");
    }
    if (minutes < 1 || minutes > 100_000) {
      throw new IllegalArgumentException("minutes is " + minutes + ", expected 1 to 100000");
    }
    faults = Set.copyOf(faults);
  }

  /**
   * The faults that a list of names stands for: {@code all}, {@code none}, names separated by
   * commas, or names with a minus sign each, for all but these. Case and the difference between
   * minus and underscore inside a name do not matter.
   *
   * @return empty if a name is not known
   */
  public static Optional<Set<Fault>> faults(String names) {
    boolean without = names.startsWith("-");
    EnumSet<Fault> named = EnumSet.noneOf(Fault.class);
    for (String part : names.split(",", -1)) {
      String name = part.strip();
      if (name.equals("all")) {
        named.addAll(EnumSet.allOf(Fault.class));
      } else if (!name.equals("none") && !name.isEmpty()) {
        Optional<Fault> fault = fault(name.startsWith("-") ? name.substring(1) : name);
        if (fault.isEmpty()) {
          return Optional.empty();
        }
        named.add(fault.get());
      }
    }
    return Optional.of(without ? EnumSet.complementOf(named) : named);
  }

  private static Optional<Fault> fault(String name) {
    for (Fault fault : Fault.values()) {
      if (fault.name().equalsIgnoreCase(name.replace('-', '_'))) {
        return Optional.of(fault);
      }
    }
    return Optional.empty();
  }
}
