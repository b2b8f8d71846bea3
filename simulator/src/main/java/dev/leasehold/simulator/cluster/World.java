// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.cluster;

import dev.leasehold.engine.Engine;
import dev.leasehold.ondisk.AreaImage;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.Name;
import dev.leasehold.simulator.disk.DiskFaults;
import dev.leasehold.simulator.disk.SimDisk;
import dev.leasehold.simulator.disk.SimFile;
import dev.leasehold.simulator.kernel.Dice;
import dev.leasehold.simulator.kernel.Scheduler;
import dev.leasehold.simulator.kernel.Trace;
import dev.leasehold.simulator.node.Node;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A cluster: its machines, its storage, and whoever keeps an eye on them. */
final class World implements AutoCloseable {

  private static final long SECOND = 1_000_000_000L;

  private final ClusterPlan plan;
  private final Scheduler scheduler;
  private final DiskFaults faults;
  private final SimDisk disk;
  private final Checker checker;
  private final Nodes nodes = new Nodes(Engine::start);
  private final List<Machine> machines = new ArrayList<>();
  private final List<String> resources = new ArrayList<>();
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<Integer, Long> refusals = new TreeMap<>();
  private long guests;
  private boolean closing;
  long refusedJoins;

  World(ClusterPlan plan, Trace trace) {
    this.plan = plan;
    this.scheduler = new Scheduler(plan.seed(), trace);
    this.faults = new DiskFaults(plan.seed());
    this.disk = new SimDisk(scheduler, faults, plan.unit());
    this.checker = new Checker(scheduler, disk);
    disk.monitor(checker);
    for (int i = 1; i <= plan.resources(); i++) {
      resources.add("disk" + i);
    }
    format();
    if (plan.autoIds()) {
      // Host ids go from one machine to another: a renewal that lands later would set the new
      // one's generation back.
      faults.mostAge(plan.watchdogFire() * SECOND);
    }
    for (HostPlan host : plan.hosts()) {
      machines.add(new Machine(this, host));
      if (host.twin()) {
        // A write that lands when the host id has a new user destroys what that one wrote: nothing
        // on the disk can prevent it (docs/testing.md).
        faults.mostLeaseAge(host.lane(), plan.watchdogFire() * SECOND);
      }
      if (host.original()) {
        faults.neverLate(host.lane());
        // What lands after its host counts as dead can set a lease back, which the original does
        // not survive (docs/testing.md).
        faults.mostAge(8L * plan.shortestTimeout() * SECOND);
      }
    }
  }

  /** Makes the lockspace and the leases that exist from the start, anew if there are any. */
  void format() {
    Geometry geometry = plan.unit() == 512 ? Geometry.SECTOR_512 : Geometry.SECTOR_4K_1M;
    Name space = Name.of(Node.SPACE);
    fill(Node.AREA, AreaImages.lockspace(space, geometry, plan.longestTimeout()));
    for (String resource : resources) {
      disk.remove(Node.DIRECTORY + "/" + resource);
    }
    long hosts = plan.numHosts() == 0 ? geometry.maxHosts() : plan.numHosts();
    for (String resource : resources.subList(0, plan.preformatted())) {
      fill(
          Node.DIRECTORY + "/" + resource,
          AreaImages.resource(space, Name.of(resource), geometry, hosts));
    }
  }

  private void fill(String path, AreaImage image) {
    SimFile file = disk.make(path, 1 << 20);
    for (AreaImage.Extent extent : image.extents()) {
      byte[] sector = extent.content().toArray(ValueLayout.JAVA_BYTE);
      for (int i = 0; i < extent.count(); i++) {
        disk.overwrite(file, extent.sector() + i, sector);
      }
    }
  }

  ClusterPlan plan() {
    return plan;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  SimDisk disk() {
    return disk;
  }

  DiskFaults faults() {
    return faults;
  }

  Checker checker() {
    return checker;
  }

  Nodes nodes() {
    return nodes;
  }

  List<Machine> machines() {
    return machines;
  }

  List<String> resources() {
    return resources;
  }

  String someResource(Dice dice) {
    return dice.pick(resources);
  }

  long nextGuest() {
    return ++guests;
  }

  /** Whether the time of faults is over and guests are to end. */
  boolean closing() {
    return closing;
  }

  void close(boolean now) {
    closing = now;
  }

  /** True with {@code p} times the fault's rate, if the plan has the fault at all. */
  boolean chance(Dice dice, Fault fault, double p) {
    return dice.chance(Math.min(0.9, p * plan.rate(fault)));
  }

  void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  Map<String, Long> counts() {
    return counts;
  }

  void refusal(int code) {
    refusals.merge(code, 1L, Long::sum);
  }

  Map<Integer, Long> refusals() {
    return refusals;
  }

  @Override
  public void close() {
    scheduler.close();
  }
}
