// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.simulator.SimulateOptions;
import dev.leasehold.simulator.Simulation;
import dev.leasehold.simulator.SimulationReport.Failure;
import dev.leasehold.simulator.cluster.ClusterRun;
import dev.leasehold.simulator.cluster.Fault;
import dev.leasehold.simulator.kernel.Violation;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Lets a mutant fail inside its class loader as {@code leasehold simulate} would, and checks what
 * people are told. Takes {@code seed,minutes}: where to begin, and how long things go wrong; gives
 * what is told.
 */
public final class ShrinkEntry implements UnaryOperator<String> {

  private static final int HOSTS = 3;
  private static final int SEEDS = 40;
  private static final int TOLD_LINES = 5;

  @Override
  public String apply(String order) {
    String[] parts = order.split(",", -1);
    SimulateOptions options =
        new SimulateOptions(
            OptionalLong.of(Long.parseLong(parts[0])),
            OptionalLong.of(SEEDS),
            OptionalLong.empty(),
            HOSTS,
            Long.parseLong(parts[1]),
            EnumSet.allOf(Fault.class));
    Failure failure = Simulation.run(options, Simulation.Progress.SILENT).failure().orElseThrow();
    isSmaller(
        failure,
        ClusterRun.run(
            ClusterRun.Order.of(failure.seed()).withSize(HOSTS, options.minutes() * 60)));
    isShownAgain(failure);
    needsItsFaults(failure);
    tellsWhatHappened(failure);
    isSummedUpFirstAndLast(failure);
    return failure.told(TOLD_LINES);
  }

  private static void isSmaller(Failure failure, ClusterRun.Result before) {
    assertThat(before.violation().map(Violation::invariant)).contains(failure.invariant());
    assertThat(before.faults().keySet()).containsAll(faults(failure));
  }

  /** The printed command means the very run that was told, cut at the event that failed. */
  private static void isShownAgain(Failure failure) {
    ClusterRun.Order order = order(failure.command());
    assertThat(order.seed()).isEqualTo(failure.seed());
    ClusterRun.Result again = ClusterRun.run(order);
    assertThat(again.violation().map(Violation::invariant)).contains(failure.invariant());
    assertThat(again.violation().map(Violation::message)).contains(failure.message());
    assertThat(again.events()).isEqualTo(failure.events());
    assertThat(ClusterRun.run(order.recorded(failure.events() - 1)).violation()).isEmpty();
  }

  private static void needsItsFaults(Failure failure) {
    for (Fault fault : faults(failure)) {
      Set<Fault> others = EnumSet.noneOf(Fault.class);
      others.addAll(faults(failure));
      others.remove(fault);
      ClusterRun.Result without = ClusterRun.run(order(failure.command()).withFaults(others));
      assertThat(without.violation().map(Violation::invariant))
          .as("without %s", fault)
          .isNotEqualTo(Optional.of(failure.invariant()));
    }
  }

  private static void tellsWhatHappened(Failure failure) {
    List<String> timeline = failure.timeline();
    String heading = timeline.getFirst();
    for (int host = 1; host <= HOSTS; host++) {
      int column = heading.indexOf("h" + host);
      String name = "h" + host + ": ";
      assertThat(timeline.stream().filter(line -> line.contains(name)))
          .as("events of host %d, in its column", host)
          .isNotEmpty()
          .allMatch(line -> line.indexOf('|') == column);
    }
    String last = timeline.getLast();
    assertThat(last.indexOf('*')).isEqualTo(heading.indexOf('*'));
    assertThat(last).endsWith("VIOLATION " + failure.invariant() + ": " + failure.message());
  }

  private static void isSummedUpFirstAndLast(Failure failure) {
    String told = failure.told(TOLD_LINES);
    String summary =
        "VIOLATION of %s with seed %d: %s\nShown again by: %s\n"
            .formatted(failure.invariant(), failure.seed(), failure.message(), failure.command());
    assertThat(told).startsWith(summary).endsWith("\n\n" + summary);
    int leftOut = failure.timeline().size() - 1 - TOLD_LINES;
    assertThat(told).contains("(" + leftOut + " earlier events left out)");
    List<String> timeline = failure.timeline();
    assertThat(told)
        .contains(
            String.join("\n", timeline.subList(timeline.size() - TOLD_LINES, timeline.size())));
  }

  private static Set<Fault> faults(Failure failure) {
    return SimulateOptions.faults(failure.faults()).orElseThrow();
  }

  /** What the command would run. */
  private static ClusterRun.Order order(String command) {
    return ClusterRun.Order.of(Long.parseLong(option(command, "--seed")))
        .withSize(
            Integer.parseInt(option(command, "--hosts")),
            Long.parseLong(option(command, "--minutes")) * 60)
        .withFaults(SimulateOptions.faults(option(command, "--faults")).orElseThrow());
  }

  private static String option(String command, String name) {
    List<String> words = List.of(command.split(" ", -1));
    assertThat(words).startsWith("leasehold", "simulate").contains(name);
    return words.get(words.indexOf(name) + 1);
  }
}
