// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator;

import dev.leasehold.simulator.cluster.ClusterRun;
import dev.leasehold.simulator.cluster.Fault;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Runs seeds until one shows a violation, or there have been enough. */
public final class Simulation {

  private Simulation() {}

  /** Told how far it is. */
  @FunctionalInterface
  public interface Progress {
    /** Says nothing. */
    Progress SILENT = (seeds, report) -> {};

    /**
     * A run has ended.
     *
     * @param seeds so far
     * @param report so far
     */
    void ran(long seeds, SimulationReport report);
  }

  /** Simulates. */
  public static SimulationReport run(SimulateOptions options, Progress progress) {
    long first = options.seed().orElseGet(Simulation::freshSeed);
    Sum sum = new Sum(first);
    while (!sum.enough(options)) {
      ClusterRun.Order order =
          ClusterRun.Order.of(first + sum.seeds)
              .withSize(options.hosts(), options.minutes() * 60)
              .withFaults(options.faults());
      sum.add(run(order));
      progress.ran(sum.seeds, sum.report());
    }
    return sum.report();
  }

  private static ClusterRun.Result run(ClusterRun.Order order) {
    try {
      return ClusterRun.run(order);
    } catch (RuntimeException e) {
      throw new IllegalStateException("the simulator itself failed with seed " + order.seed(), e);
    }
  }

  /** A seed that nobody has chosen, small enough to be typed. */
  public static long freshSeed() {
    return new SecureRandom().nextLong(1_000_000_000L);
  }

  private static final class Sum {
    private final long first;
    private final long begun = System.nanoTime();
    private final Map<String, Long> faults = new TreeMap<>();
    private long seeds;
    private double hostSeconds;
    private long events;
    private long grants;
    private long lateWrites;
    private long excused;
    private Optional<SimulationReport.Failure> failure = Optional.empty();

    Sum(long first) {
      this.first = first;
    }

    boolean enough(SimulateOptions options) {
      long seconds = (System.nanoTime() - begun) / 1_000_000_000L;
      return failure.isPresent()
          || seeds >= options.seeds().orElse(Long.MAX_VALUE)
          || seconds >= options.seconds().orElse(Long.MAX_VALUE);
    }

    void add(ClusterRun.Result result) {
      seeds++;
      hostSeconds += result.nanos() / 1e9 * result.order().hosts();
      events += result.events();
      grants += result.grants();
      lateWrites += result.lateWrites();
      excused += result.excused();
      for (Fault fault : result.faults().keySet()) {
        faults.merge(fault.name(), 1L, Long::sum);
      }
      if (result.violation().isPresent()) {
        failure = Optional.of(Shrinker.shrink(result));
      }
    }

    SimulationReport report() {
      return new SimulationReport(
          first,
          seeds,
          hostSeconds,
          System.nanoTime() - begun,
          events,
          grants,
          lateWrites,
          excused,
          new TreeMap<>(faults),
          failure);
    }
  }
}
