// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.disk;

import dev.leasehold.simulator.kernel.Dice;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The faults of the storage: rates per transfer, and paths that are down. Zero rates and no path
 * down is a healthy storage. Confined to the baton.
 */
public final class DiskFaults {

  /** How a path that is down treats transfers. */
  public enum Outage {
    /** They hang, and some land when the path is back. */
    HANGS,
    /** They fail at once. */
    FAILS
  }

  /**
   * Probability per transfer.
   *
   * @param slow takes up to one and a half times its timeout
   * @param error fails with EIO; a write may have changed the sector all the same
   * @param late lands after its deadline
   * @param stuck hangs until the storage lets go
   * @param early takes effect well before it completes
   * @param torn of several sectors, part takes effect earlier than the rest
   */
  public record Rates(
      double slow, double error, double late, double stuck, double early, double torn) {
    /** A healthy storage, whose transfers still overlap. */
    public static final Rates HEALTHY = new Rates(0, 0, 0, 0, 0.2, 0.2);
  }

  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1000 * MILLI;

  private final Dice latency;
  private final Dice slow;
  private final Dice error;
  private final Dice late;
  private final Dice stuck;
  private final Map<Integer, Outage> down = new HashMap<>();
  private final Set<Integer> exactLanes = new HashSet<>();
  private Rates rates = Rates.HEALTHY;
  private long latestLanding = 60 * SECOND;
  private final Map<Integer, Long> mostLeaseAge = new HashMap<>();
  private long mostAge = Long.MAX_VALUE;
  private long typicalLatency = 2 * MILLI;

  /**
   * Sets it up.
   *
   * @param seed of the run
   */
  public DiskFaults(long seed) {
    this.latency = Dice.named(seed, "disk-latency");
    this.slow = Dice.named(seed, "disk-slow");
    this.error = Dice.named(seed, "disk-error");
    this.late = Dice.named(seed, "disk-late");
    this.stuck = Dice.named(seed, "disk-stuck");
  }

  /** Rates from now on. */
  public void rates(Rates now) {
    this.rates = now;
  }

  /** Rates now. */
  public Rates rates() {
    return rates;
  }

  /** How long after its deadline a late transfer may still land, in nanoseconds. */
  public void latestLanding(long nanos) {
    this.latestLanding = nanos;
  }

  /** As {@link #latestLanding(long)} has set it. */
  public long latestLanding() {
    return latestLanding;
  }

  /** Writes older than this fail instead of landing, in nanoseconds. */
  public void mostAge(long nanos) {
    this.mostAge = nanos;
  }

  /** Writes of this host to leases that are older than this fail instead of landing. */
  public void mostLeaseAge(int lane, long nanos) {
    mostLeaseAge.put(lane, nanos);
  }

  /** Whether a write of this age may still land. */
  boolean mayLand(int lane, boolean lease, long age) {
    long most = lease ? mostLeaseAge.getOrDefault(lane, Long.MAX_VALUE) : Long.MAX_VALUE;
    return age <= Math.min(most, mostAge);
  }

  /** Typical time of one transfer in nanoseconds. */
  public void typicalLatency(long nanos) {
    this.typicalLatency = nanos;
  }

  /** Transfers of this host are never late: they fail or are slow instead. */
  public void neverLate(int lane) {
    exactLanes.add(lane);
  }

  /** Takes one host's path down. */
  public void takeDown(int lane, Outage outage) {
    down.put(lane, outage);
  }

  /** The host's path works again. */
  public void bringUp(int lane) {
    down.remove(lane);
  }

  /** Whether the host's path is down. */
  public boolean isDown(int lane) {
    return down.containsKey(lane);
  }

  /** Whether transfers that the host has in flight hang now. */
  boolean hangs(int lane) {
    return down.get(lane) == Outage.HANGS;
  }

  Fate plan(int lane, long timeout) {
    long quick = quick();
    Outage outage = down.get(lane);
    if (outage != null) {
      return outage == Outage.FAILS ? Fate.failed(quick, false) : Fate.held();
    }
    if (stuck.chance(rates.stuck()) && !exactLanes.contains(lane)) {
      return Fate.held();
    }
    if (late.chance(rates.late()) && !exactLanes.contains(lane)) {
      return overdue(timeout);
    }
    if (error.chance(rates.error())) {
      return Fate.failed(quick, error.chance(0.5));
    }
    if (slow.chance(rates.slow())) {
      long most = exactLanes.contains(lane) ? timeout - quick : timeout + timeout / 2;
      return effect(slow.between(0, Math.min(most, 60 * SECOND)));
    }
    return effect(quick);
  }

  /** What becomes of a transfer that hung, now that the storage lets go of it. */
  Fate released(int lane) {
    double chance = late.unit();
    if (chance < 0.25) {
      return Fate.failed(quick(), false);
    }
    long after = late.around(chance < 0.6 ? 20 * MILLI : 2 * SECOND);
    return exactLanes.contains(lane) ? Fate.failed(after, false) : Fate.done(after, after);
  }

  /** Whether part of a transfer of several sectors takes effect at once. */
  boolean torn() {
    return latency.chance(rates.torn());
  }

  /** Where a torn transfer of {@code sectors} is divided: both parts not empty. */
  int tear(int sectors) {
    // Most interesting is what the first two or three sectors hold: leader and request.
    return latency.chance(0.5) ? 1 : 1 + latency.below(sectors - 1);
  }

  /** What becomes of a write whose machine is gone: it lands soon, or never. */
  Fate orphaned(long within) {
    long after = late.between(0, within);
    return late.chance(0.5) ? Fate.done(after, after) : Fate.failed(0, false);
  }

  private Fate overdue(long timeout) {
    long landing = timeout + late.between(MILLI, latestLanding);
    if (late.chance(0.2)) {
      return Fate.failed(landing, late.chance(0.5));
    }
    long effect = late.chance(0.5) ? landing : late.between(MILLI, landing);
    return Fate.done(landing, effect);
  }

  private Fate effect(long after) {
    return Fate.done(after, latency.chance(rates.early()) ? latency.between(0, after) : after);
  }

  private long quick() {
    return typicalLatency / 8 + latency.around(typicalLatency);
  }
}
