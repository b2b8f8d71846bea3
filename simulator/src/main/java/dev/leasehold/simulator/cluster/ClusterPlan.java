// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.cluster;

import dev.leasehold.simulator.kernel.Dice;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything that a seed decides about a cluster before it starts.
 *
 * @param seed of the run
 * @param unit sector size
 * @param watchdogFire W in seconds
 * @param watchdog whether machines have watchdogs
 * @param hosts the machines
 * @param resources how many leases there are
 * @param numHosts room for host ids in leases that exist from the start
 * @param preformatted how many of them exist from the start
 * @param busySeconds how long things go wrong
 * @param pace mean pause of a host between two commands, in seconds
 * @param faults which there are, and how often: 1 is typical
 * @param autoIds whether hosts look for a host id at each join
 */
record ClusterPlan(
    long seed,
    int unit,
    int watchdogFire,
    boolean watchdog,
    List<HostPlan> hosts,
    int resources,
    int numHosts,
    int preformatted,
    long busySeconds,
    int pace,
    Map<Fault, Double> faults,
    boolean autoIds) {

  private static final List<Integer> TIMEOUTS = List.of(1, 1, 2, 5, 10, 10, 20);
  private static final List<Integer> FIRES = List.of(60, 60, 30, 10);

  /** Faults that nothing can make harmless without a watchdog (safety rule 3 of docs/design.md). */
  private static final Set<Fault> NEED_WATCHDOG =
      EnumSet.of(Fault.DAEMON_PAUSE, Fault.UNKILLABLE_GUEST, Fault.SUSPEND);

  /** Whether two machines have one host id by mistake. */
  boolean twinIds() {
    return !autoIds && hosts.stream().anyMatch(HostPlan::twin);
  }

  boolean has(Fault fault) {
    return faults.containsKey(fault);
  }

  double rate(Fault fault) {
    return faults.getOrDefault(fault, 0.0);
  }

  int longestTimeout() {
    return hosts.stream().mapToInt(HostPlan::ioTimeout).max().orElse(1);
  }

  int shortestTimeout() {
    return hosts.stream().mapToInt(HostPlan::ioTimeout).min().orElse(1);
  }

  /** 8N + W of the slowest host. */
  long hostDead() {
    return 8L * longestTimeout() + watchdogFire;
  }

  static ClusterPlan draw(ClusterRun.Order order) {
    long seed = order.seed();
    int hostCount = order.hosts();
    Dice dice = Dice.named(seed, "plan");
    Map<Fault, Double> faults = new EnumMap<>(Fault.class);
    for (Fault fault : Fault.values()) {
      // Drawn for every fault, so that taking one away leaves the others as they are.
      // The latest one has dice of its own, so that seeds mean what they did before it.
      Dice own = fault == Fault.CLEANUP ? Dice.named(seed, "cleanup plan") : dice;
      double rate = Math.pow(4, 2 * own.unit() - 1);
      boolean picked = own.chance(chance(fault));
      if ((picked || order.every()) && order.faults().contains(fault)) {
        faults.put(fault, rate);
      }
    }
    if (faults.containsKey(Fault.C_HOSTS)) {
      // The original makes no lease files, so there would soon be none (docs/testing.md).
      faults.remove(Fault.CLEANUP);
    }
    boolean watchdog = dice.chance(0.85);
    if (!watchdog) {
      faults.keySet().removeAll(NEED_WATCHDOG);
    }
    int unit = dice.chance(0.75) ? 512 : 4096;
    int drawnFire = dice.pick(FIRES);
    boolean originals = faults.containsKey(Fault.C_HOSTS);
    int fire = originals ? 60 : drawnFire;
    int drawn = dice.pick(TIMEOUTS);
    int timeout = order.ioTimeout() == 0 ? drawn : order.ioTimeout();
    List<HostPlan> hosts = new ArrayList<>();
    Twins twins = Twins.draw(seed, faults);
    for (int lane = 1; lane <= hostCount; lane++) {
      hosts.add(host(dice, lane, timeout, fire, faults, watchdog, twins));
    }
    int resources = 1 + dice.below(3);
    boolean autoIds =
        Dice.named(seed, "auto").chance(0.15)
            && !originals
            && hosts.stream().allMatch(host -> host.ioTimeout() == hosts.getFirst().ioTimeout());
    int drawnRoom = dice.chance(0.2) ? 0 : hostCount + dice.below(6);
    int numHosts = autoIds ? hostCount + 1 + (int) Math.floorMod(seed, 5L) : drawnRoom;
    int preformatted = faults.containsKey(Fault.C_HOSTS) ? resources : dice.below(resources + 1);
    int pace = 1 + (int) dice.around(4 + timeout);
    return new ClusterPlan(
        seed,
        unit,
        fire,
        watchdog,
        hosts,
        resources,
        numHosts,
        preformatted,
        order.busySeconds(),
        pace,
        faults,
        autoIds);
  }

  /**
   * What the first two machines have in common by mistake.
   *
   * @param ioTimeout of both if they have one host id: a late write of one can hide the other's
   *     record, and with it how long that one may be silent (docs/testing.md)
   */
  private record Twins(boolean sameId, boolean sameName, int ioTimeout) {

    static Twins draw(long seed, Map<Fault, Double> faults) {
      Dice dice = Dice.named(seed, "twins");
      boolean sameName = faults.containsKey(Fault.TWIN_NAME);
      boolean sameId = faults.containsKey(Fault.TWIN_ID) || (sameName && dice.chance(0.7));
      return new Twins(sameId, sameName, dice.pick(TIMEOUTS));
    }
  }

  private static HostPlan host(
      Dice dice,
      int lane,
      int timeout,
      int fire,
      Map<Fault, Double> faults,
      boolean watchdog,
      Twins twins) {
    long ppm = dice.between(-500, 501);
    int ownTimeout = dice.pick(TIMEOUTS);
    boolean original = dice.chance(0.4);
    boolean tied = dice.chance(0.3);
    boolean connections = dice.chance(0.3);
    boolean killPath = dice.chance(0.3);
    boolean fixedName = dice.chance(0.3);
    boolean isTwin = twins.sameId() && lane <= 2;
    boolean sameName = twins.sameName() && lane <= 2;
    String name = fixedName && !original ? "host" + lane : "";
    return new HostPlan(
        lane,
        isTwin ? 1 : lane,
        sameName ? HostPlan.TWIN_NAME : name,
        original && faults.containsKey(Fault.C_HOSTS) && !sameName,
        mixedTimeout(faults, timeout, isTwin ? twins.ioTimeout() : ownTimeout),
        dice.below(Math.min(40, fire - 5) + 1),
        faults.containsKey(Fault.DRIFT) ? ppm : 0,
        tied || !watchdog,
        connections,
        killPath,
        isTwin);
  }

  private static int mixedTimeout(Map<Fault, Double> faults, int common, int own) {
    if (!faults.containsKey(Fault.MIXED_TIMEOUTS)) {
      return common;
    }
    // The original takes shared holders for dead by what it saw last: one whose own lease is good
    // for longer than another host may be silent clears live ones (docs/testing.md).
    boolean originals = faults.containsKey(Fault.C_HOSTS);
    return originals ? (own > 5 ? 10 : 5) : own;
  }

  private static double chance(Fault fault) {
    return switch (fault) {
      case TWIN_ID, TWIN_NAME -> 0.1;
      case GARBAGE, STALE_SECTOR -> 0.1;
      case C_HOSTS, MIXED_TIMEOUTS -> 0.25;
      case STORAGE_LOSS, UNKILLABLE_GUEST, SUSPEND -> 0.3;
      default -> 0.5;
    };
  }
}
