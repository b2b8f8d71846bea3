// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.cluster;

import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.Name;
import dev.leasehold.simulator.chost.CHost;
import dev.leasehold.simulator.chost.CSettings;
import dev.leasehold.simulator.disk.SimStorage;
import dev.leasehold.simulator.host.Seat;
import dev.leasehold.simulator.host.SimProcesses;
import dev.leasehold.simulator.host.SimTasks;
import dev.leasehold.simulator.node.EngineNode;
import dev.leasehold.simulator.node.Node;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** Starts daemons: the real engine with simulated ports, or the model of the original. */
final class Nodes {

  /** Starts the engine. */
  @FunctionalInterface
  interface EngineFactory {
    LeaseManager start(EnginePorts ports, EngineConfig config);
  }

  private final EngineFactory factory;

  Nodes(EngineFactory factory) {
    this.factory = factory;
  }

  Node start(
      ClusterPlan cluster,
      HostPlan host,
      String name,
      Seat seat,
      SimStorage storage,
      SimProcesses processes,
      Watchdog watchdog) {
    if (host.original()) {
      CSettings settings =
          new CSettings(
              host.hostId(), name, host.ioTimeout(), cluster.watchdogFire(), host.grace());
      return new CHost(settings, seat, storage, watchdog);
    }
    EnginePorts ports =
        new EnginePorts(
            seat.clock(),
            new SimTasks(seat),
            storage,
            processes,
            watchdog,
            new SplittableRandom(seat.dice().any()));
    EngineConfig unnamed = EngineConfig.of(Name.of(name));
    EngineConfig named = host.ownName() ? unnamed.withHostNameUniqueToMachine() : unnamed;
    EngineConfig config =
        named.withIoTimeout(host.ioTimeout()).withWatchdog(cluster.watchdogFire(), host.grace());
    Geometry geometry = cluster.unit() == 512 ? Geometry.SECTOR_512 : Geometry.SECTOR_4K_1M;
    CreatePolicy create =
        new CreatePolicy(
            Optional.of(geometry),
            Math.min(geometry.maxHosts(), 8),
            geometry.maxHosts(),
            0600,
            OptionalInt.empty(),
            OptionalInt.empty());
    Lifetime lifetime = host.connections() ? Lifetime.CONNECTION : Lifetime.PROCESS;
    return new EngineNode(
        factory.start(ports, config),
        cluster.autoIds() ? 0 : host.hostId(),
        cluster.numHosts(),
        JoinOptions.DEFAULT,
        new EngineNode.Habits(lifetime, host.killPath(), create),
        storage);
  }
}
