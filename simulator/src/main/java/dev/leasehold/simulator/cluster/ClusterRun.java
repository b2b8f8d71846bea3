// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.cluster;

import dev.leasehold.simulator.host.SimProcess;
import dev.leasehold.simulator.kernel.Scheduler;
import dev.leasehold.simulator.kernel.Trace;
import dev.leasehold.simulator.kernel.Violation;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One run of one seed: a time in which things go wrong, a time in which they are mended, and the
 * question whether everything works again.
 */
public final class ClusterRun {

  private static final long SECOND = 1_000_000_000L;

  private ClusterRun() {}

  /**
   * What to run.
   *
   * @param seed decides everything else
   * @param hosts machines, 1 to 20
   * @param busySeconds how long things go wrong
   * @param faults allowed ones
   * @param every whether there are all of those, not just those that the seed picks
   * @param ioTimeout N in seconds; 0 for what the seed picks
   * @param eventBudget to stop after so many events
   * @param recording whether to keep the timeline
   */
  public record Order(
      long seed,
      int hosts,
      long busySeconds,
      Set<Fault> faults,
      boolean every,
      int ioTimeout,
      long eventBudget,
      boolean recording) {

    /** Copies the set. */
    public Order {
      faults = Set.copyOf(faults);
    }

    /** What the seed picks of all faults, three hosts, twenty minutes. */
    public static Order of(long seed) {
      return new Order(seed, 3, 1200, EnumSet.allOf(Fault.class), false, 0, Long.MAX_VALUE, false);
    }

    /** The same with other faults allowed. */
    public Order withFaults(Set<Fault> allowed) {
      return new Order(seed, hosts, busySeconds, allowed, every, ioTimeout, eventBudget, recording);
    }

    /** The same with all of the allowed faults, whatever the seed picks. */
    public Order withEveryFault() {
      return new Order(seed, hosts, busySeconds, faults, true, ioTimeout, eventBudget, recording);
    }

    /** The same with a cluster of another size, for another time. */
    public Order withSize(int machines, long seconds) {
      return new Order(seed, machines, seconds, faults, every, ioTimeout, eventBudget, recording);
    }

    /** The same with an io timeout. */
    public Order withIoTimeout(int seconds) {
      return new Order(seed, hosts, busySeconds, faults, every, seconds, eventBudget, recording);
    }

    /** The same with another seed. */
    public Order withSeed(long other) {
      return new Order(other, hosts, busySeconds, faults, every, ioTimeout, eventBudget, recording);
    }

    /** The same, ended after so many events, with the timeline kept. */
    public Order recorded(long events) {
      return new Order(seed, hosts, busySeconds, faults, every, ioTimeout, events, true);
    }
  }

  /**
   * What came of it.
   *
   * @param hash of the event log
   * @param violation if an invariant did not hold
   * @param events of the run
   * @param switches of tasks
   * @param nanos simulated
   * @param grants leases granted
   * @param lateWrites that landed after their issuer had given up
   * @param excused overlaps with a holder whose machine had been suspended
   * @param faults that the seed picked, with their rates
   * @param counts what went wrong how often
   * @param refusals by code
   * @param lines the timeline, if kept
   */
  public record Result(
      Order order,
      long hash,
      Optional<Violation> violation,
      long events,
      long switches,
      long nanos,
      long grants,
      long lateWrites,
      long excused,
      Map<Fault, Double> faults,
      Map<String, Long> counts,
      Map<Integer, Long> refusals,
      List<Trace.Line> lines) {}

  /** Runs one seed. */
  public static Result run(Order order) {
    ClusterPlan plan = ClusterPlan.draw(order);
    Trace trace = new Trace(order.recording());
    World world = new World(plan, trace);
    try {
      play(world, order);
      return result(world, order, trace);
    } finally {
      world.close();
    }
  }

  private static void play(World world, Order order) {
    ClusterPlan plan = world.plan();
    Scheduler scheduler = world.scheduler();
    Nemesis nemesis = new Nemesis(world);
    for (Machine machine : world.machines()) {
      scheduler.after(machine.dice().between(0, 30 * SECOND), machine::powerOn);
    }
    nemesis.start();
    if (scheduler.run(plan.busySeconds() * SECOND, order.eventBudget()) != Scheduler.End.TIME) {
      return;
    }
    world.close(true);
    nemesis.stop();
    endGuests(world);
    if (needsMending(plan, nemesis)) {
      Administrator.mend(world);
    }
    long settled = scheduler.now() + settle(plan) * SECOND;
    if (scheduler.run(settled, order.eventBudget()) != Scheduler.End.TIME) {
      return;
    }
    Administrator.removeLeftovers(world);
    Prober prober = new Prober(world);
    scheduler.after(0, prober::start);
    long late = settled + 10L * plan.hosts().size() * plan.resources() * plan.hostDead() * SECOND;
    while (!prober.done() && scheduler.now() < late) {
      if (scheduler.run(scheduler.now() + 10 * SECOND, order.eventBudget()) != Scheduler.End.TIME) {
        return;
      }
    }
    if (!prober.done()) {
      scheduler.fail("liveness", "an acquisition does not end");
    }
  }

  /**
   * Whether leases may be lost until an administrator steps in: if a sector was damaged, or if two
   * machines wrote to one host's record, since the older one's late write can set its generation
   * back (docs/testing.md).
   */
  private static boolean needsMending(ClusterPlan plan, Nemesis nemesis) {
    return nemesis.damaged() || plan.twinIds();
  }

  /** Long enough for every reset, reboot, join and death that is under way. */
  private static long settle(ClusterPlan plan) {
    return 3 * plan.hostDead() + 20L * plan.longestTimeout() + 700;
  }

  private static void endGuests(World world) {
    for (Machine machine : world.machines()) {
      // The original never retries a release that failed (algorithms.md 8, item 12).
      boolean reset = machine.plan().original();
      for (SimProcess process : machine.processes().all()) {
        if (!process.name().equals("daemon")) {
          process.signal(9);
          reset |= process.unkillable();
        }
      }
      if (reset) {
        machine.crash("administrator");
      }
    }
  }

  private static Result result(World world, Order order, Trace trace) {
    return new Result(
        order,
        trace.hash(),
        world.scheduler().violation(),
        world.scheduler().events(),
        world.scheduler().switches(),
        world.scheduler().now(),
        world.checker().grants(),
        world.disk().lateLandings(),
        world.checker().excused(),
        Map.copyOf(world.plan().faults()),
        new TreeMap<>(world.counts()),
        new TreeMap<>(world.refusals()),
        trace.lines());
  }
}
