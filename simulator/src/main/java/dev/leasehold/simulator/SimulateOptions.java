// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator;

import dev.leasehold.simulator.cluster.Fault;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

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

  private static final String ALL = "all";
  private static final String NONE = "none";

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
   * @return empty if there is a {@link #wrongFault}
   */
  public static Optional<Set<Fault>> faults(String names) {
    if (wrongFault(names).isPresent()) {
      return Optional.empty();
    }
    EnumSet<Fault> named = EnumSet.noneOf(Fault.class);
    for (String name : parts(names)) {
      if (name.equals(ALL)) {
        named.addAll(EnumSet.allOf(Fault.class));
      }
      fault(name).ifPresent(named::add);
    }
    return Optional.of(allBut(names) ? EnumSet.complementOf(named) : named);
  }

  /**
   * The first part of such a list that is not the name of a fault, or that is without a minus sign
   * among others with one or the other way round: nobody can tell what is meant by that.
   */
  public static Optional<String> wrongFault(String names) {
    boolean allBut = allBut(names);
    for (String name : parts(names)) {
      boolean word = !allBut && (name.equals(ALL) || name.equals(NONE));
      if (!word && (name.startsWith("-") != allBut || fault(name).isEmpty())) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  private static boolean allBut(String names) {
    return names.strip().startsWith("-");
  }

  private static List<String> parts(String names) {
    return Stream.of(names.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private static Optional<Fault> fault(String part) {
    String name = part.startsWith("-") ? part.substring(1) : part;
    for (Fault fault : Fault.values()) {
      if (fault.name().equalsIgnoreCase(name.replace('-', '_'))) {
        return Optional.of(fault);
      }
    }
    return Optional.empty();
  }
}
