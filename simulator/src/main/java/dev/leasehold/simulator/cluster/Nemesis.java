// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.cluster;

import dev.leasehold.simulator.disk.DiskFaults;
import dev.leasehold.simulator.disk.SimFile;
import dev.leasehold.simulator.host.SimProcess;
import dev.leasehold.simulator.kernel.Dice;
import dev.leasehold.simulator.node.Node;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes things go wrong, as the plan has it. */
final class Nemesis {

  private static final long SECOND = 1_000_000_000L;

  private final World world;
  private final ClusterPlan plan;
  private final Map<Fault, Dice> dice = new EnumMap<>(Fault.class);
  private final Map<Integer, byte[]> earlier = new HashMap<>();
  private boolean stopped;
  private boolean damaged;

  Nemesis(World world) {
    this.world = world;
    this.plan = world.plan();
    for (Fault fault : Fault.values()) {
      dice.put(fault, Dice.named(plan.seed(), fault.name()));
    }
  }

  void start() {
    world
        .faults()
        .rates(
            new DiskFaults.Rates(
                0.02 * plan.rate(Fault.SLOW_IO),
                0.004 * plan.rate(Fault.FAILED_IO),
                0.006 * plan.rate(Fault.LATE_IO),
                0.002 * plan.rate(Fault.STUCK_IO),
                0.3,
                0.4));
    Dice late = dice(Fault.LATE_IO);
    world.faults().latestLanding(SECOND + late.around(plan.hostDead() * SECOND / 2));
    world.faults().typicalLatency(late.chance(0.8) ? 1_500_000 : 60_000_000);
    for (Fault fault : Fault.values()) {
      if (fault.episode() && plan.has(fault)) {
        next(fault);
      }
    }
  }

  /** Everything works from now on, as far as this can be brought about. */
  void stop() {
    stopped = true;
    world.faults().rates(DiskFaults.Rates.HEALTHY);
    world.faults().typicalLatency(1_500_000);
    for (Machine machine : world.machines()) {
      machine.regainPath();
      machine.wake();
      machine.unpause();
    }
    world.disk().letGo();
  }

  /** Whether a sector was damaged: some leases may be lost until somebody repairs them. */
  boolean damaged() {
    return damaged;
  }

  private Dice dice(Fault fault) {
    Dice found = dice.get(fault);
    if (found == null) {
      throw new IllegalStateException("no dice for " + fault);
    }
    return found;
  }

  private void next(Fault fault) {
    long mean = ((long) (meanGap(fault) / plan.rate(fault))) * SECOND;
    world
        .scheduler()
        .after(
            dice(fault).around(mean),
            () -> {
              if (!stopped) {
                world.count(fault.name());
                strike(fault, dice(fault));
                next(fault);
              }
            });
  }

  /** Mean seconds between two strikes at rate 1. */
  private long meanGap(Fault fault) {
    return switch (fault) {
      case GUEST_KILL -> 40;
      case PATH_LOSS, DAEMON_PAUSE -> 150 + plan.hostDead();
      case CLOCK_JUMP, REQUEST, LEAVE -> 100;
      case STORAGE_LOSS, GARBAGE, STALE_SECTOR -> 4 * plan.hostDead();
      default -> 150 + 2 * plan.hostDead();
    };
  }

  private void strike(Fault fault, Dice d) {
    Machine machine = d.pick(world.machines());
    switch (fault) {
      case PATH_LOSS -> machine.losePath(outage(d), howLong(d));
      case STORAGE_LOSS -> {
        DiskFaults.Outage outage = outage(d);
        long nanos = howLong(d);
        world.machines().forEach(each -> each.losePath(outage, nanos + d.between(0, SECOND)));
      }
      case CRASH -> machine.crash("crash");
      case DAEMON_KILL -> killDaemon(machine);
      case DAEMON_PAUSE -> machine.pauseDaemon(howLong(d));
      case SUSPEND -> machine.suspend(howLong(d));
      case GUEST_KILL -> killSomeGuest(machine, d);
      case CLOCK_JUMP -> machine.clock().jumpWallClock(d.between(-100_000, 100_000));
      case GARBAGE -> garbage(d);
      case STALE_SECTOR -> stale(d);
      default -> {}
    }
  }

  private static DiskFaults.Outage outage(Dice d) {
    return d.chance(0.7) ? DiskFaults.Outage.HANGS : DiskFaults.Outage.FAILS;
  }

  /** From a blink to longer than any timeout, often near one of them. */
  private long howLong(Dice d) {
    int n = plan.longestTimeout();
    long seconds =
        switch (d.below(6)) {
          case 0 -> 1;
          case 1 -> n;
          case 2 -> 2L * n;
          case 3 -> 8L * n;
          case 4 -> plan.hostDead();
          default -> 2 * plan.hostDead();
        };
    return d.between(seconds * SECOND / 2, seconds * SECOND * 5 / 4);
  }

  /** Nothing happens on a machine that is suspended. */
  private static void killDaemon(Machine machine) {
    if (!machine.suspended()) {
      machine.killDaemon();
    }
  }

  private void killSomeGuest(Machine machine, Dice d) {
    List<SimProcess> guests = new ArrayList<>(machine.processes().all());
    guests.removeIf(process -> process.name().equals("daemon"));
    if (!guests.isEmpty() && machine.up() && !machine.suspended()) {
      SimProcess victim = d.pick(guests);
      machine.say(victim.name() + " is killed");
      victim.signal(9);
    }
  }

  private void garbage(Dice d) {
    List<String> paths = new ArrayList<>(List.of(Node.AREA));
    world.resources().forEach(resource -> paths.add(Node.DIRECTORY + "/" + resource));
    SimFile file = world.disk().find(d.pick(paths)).orElse(null);
    if (file == null) {
      return;
    }
    // Only what carries a checksum: nothing can tell a damaged mode block from a true one.
    int hosts = plan.hosts().size();
    int sector = file.madeAs().equals(Node.AREA) ? d.below(hosts) : 0;
    byte[] content = new byte[plan.unit()];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) d.any();
    }
    damaged = true;
    world
        .scheduler()
        .trace()
        .line(
            world.scheduler().now(),
            0,
            7001,
            () -> "random bytes on sector " + sector + " of " + file.madeAs());
    world.disk().overwrite(file, sector, content);
  }

  private static boolean sameJoin(byte[] a, byte[] b) {
    ByteBuffer left = ByteBuffer.wrap(a).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer right = ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN);
    return left.getLong(40) == right.getLong(40)
        && left.getLong(152) != 0
        && right.getLong(152) != 0;
  }

  private void stale(Dice d) {
    SimFile area = world.disk().find(Node.AREA).orElseThrow();
    int sector = d.below(plan.hosts().size());
    byte[] now = area.sector(sector);
    byte[] old = earlier.put(sector, now);
    // Only an older renewal of the same join: that a host is free or has joined anew is believed.
    if (old != null && !Arrays.equals(old, now) && sameJoin(old, now)) {
      damaged = true;
      world
          .scheduler()
          .trace()
          .line(
              world.scheduler().now(),
              0,
              7002,
              () -> "older content on sector " + sector + " of the lockspace");
      world.disk().overwrite(area, sector, old);
    }
  }
}
