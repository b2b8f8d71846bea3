// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came of simulating.
 *
 * @param firstSeed of the first run; the others had the seeds that follow
 * @param seeds how many runs there were
 * @param hostSeconds simulated seconds times hosts
 * @param realNanos it took
 * @param events of all runs
 * @param grants leases granted
 * @param lateWrites that landed after their issuer had given up waiting
 * @param excused overlaps with a holder whose whole machine had been suspended
 * @param faults how many runs had each fault
 * @param failure the first violation, if there was one; it ended the simulation
 */
public record SimulationReport(
    long firstSeed,
    long seeds,
    double hostSeconds,
    long realNanos,
    long events,
    long grants,
    long lateWrites,
    long excused,
    Map<String, Long> faults,
    Optional<Failure> failure) {

  private static final double SECONDS_PER_YEAR = 365.25 * 86_400;

  /**
   * A violation, made as small as could be found.
   *
   * @param seed that shows it
   * @param hosts machines of that run
   * @param minutes of simulated time in which things went wrong
   * @param faults that it needs, for {@code --faults}
   * @param events length of the failing prefix
   * @param invariant which one
   * @param message what was seen
   * @param timeline host by host, for people: a heading, then every event of the failing prefix
   */
  public record Failure(
      long seed,
      int hosts,
      long minutes,
      String faults,
      long events,
      String invariant,
      String message,
      List<String> timeline) {

    /** Copies the list. */
    public Failure {
      timeline = List.copyOf(timeline);
    }

    /**
     * What a person needs to know first, which is also said last: what is between may be long.
     *
     * @param lines how many of the timeline's last lines are told
     */
    public String told(int lines) {
      String summary =
          "VIOLATION of %s with seed %d: %s%nShown again by: %s%n"
              .formatted(invariant, seed, message, command());
      int from = Math.max(1, timeline.size() - lines);
      StringBuilder text = new StringBuilder(summary).append('\n').append(timeline.getFirst());
      if (from > 1) {
        text.append("\n(").append(from - 1).append(" earlier events left out)");
      }
      timeline.subList(from, timeline.size()).forEach(line -> text.append('\n').append(line));
      return text.append("\n\n").append(summary).toString();
    }

    /** Without the timeline, which is long. */
    @Override
    public String toString() {
      return "VIOLATION of " + invariant + ": " + command();
    }

    /** The command that shows it again. */
    public String command() {
      return "leasehold simulate --seed "
          + seed
          + " --hosts "
          + hosts
          + " --minutes "
          + minutes
          + " --faults "
          + faults;
    }
  }

  /** Simulated host-seconds per second. */
  public double speed() {
    return hostSeconds * 1e9 / Math.max(1, realNanos);
  }

  /** Simulated host-years. */
  public double hostYears() {
    return hostSeconds / SECONDS_PER_YEAR;
  }

  /** One line. */
  public String verdict() {
    String what =
        failure
            .map(f -> "VIOLATION of " + f.invariant() + " with seed " + f.seed())
            .orElse("no violation");
    return String.format(
        java.util.Locale.ROOT,
        "%s: %d seeds from %d, %.3f host-years, %d leases granted, %d late writes, %.0f"
            + " host-seconds a second",
        what,
        seeds,
        firstSeed,
        hostYears(),
        grants,
        lateWrites,
        speed());
  }
}
