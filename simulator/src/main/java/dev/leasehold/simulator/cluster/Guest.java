// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.cluster;

import dev.leasehold.simulator.host.SimProcess;
import dev.leasehold.simulator.kernel.Dice;
import dev.leasehold.simulator.kernel.Scheduler;
import dev.leasehold.simulator.node.Grant;
import dev.leasehold.simulator.node.Node;
import dev.leasehold.simulator.node.NodeException;
import dev.leasehold.simulator.node.Want;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A guest: a process that wants leases on disks, works on them while it believes that it holds
 * them, and ends. This is its daemon's door for it; the process itself is only a state.
 */
final class Guest {

  private static final long SECOND = 1_000_000_000L;

  private final Operator operator;
  private final Machine machine;
  private final World world;
  private final Dice dice;
  private final SimProcess process;
  private final Map<String, Boolean> held = new LinkedHashMap<>();

  Guest(Operator operator, SimProcess process) {
    this.operator = operator;
    this.machine = operator.machine();
    this.world = machine.world();
    this.dice = new Dice(operator.dice().any());
    this.process = process;
  }

  void run() {
    try {
      Node.Client client = operator.node().connect(process);
      if (machine.plan().connections() || machine.plan().original()) {
        closeWithProcess(client);
      }
      if (acquire(client, wants())) {
        live(client);
      }
    } catch (NodeException e) {
      machine.say(process.name() + ": connection refused: " + e.code());
    }
    process.end();
  }

  /** The connection ends with the process; the daemon notices a little later. */
  private void closeWithProcess(Node.Client client) {
    Scheduler scheduler = operator.seat().scheduler();
    process.whenItEnds(
        () ->
            scheduler.after(
                dice.between(100_000, 5_000_000),
                () -> {
                  if (!operator.seat().group().dead()) {
                    scheduler.start(operator.seat().group(), "close", client::close);
                  }
                }));
  }

  private List<Want> wants() {
    boolean several = dice.chance(0.3);
    List<Want> wants = new ArrayList<>();
    for (String resource : world.resources()) {
      boolean shared = dice.chance(0.35);
      boolean create = dice.chance(0.7) && !world.plan().has(Fault.C_HOSTS);
      if (several && dice.chance(0.7)) {
        wants.add(new Want(resource, shared, create));
      }
    }
    if (wants.isEmpty()) {
      wants.add(
          new Want(
              world.someResource(dice),
              dice.chance(0.35),
              dice.chance(0.7) && !world.plan().has(Fault.C_HOSTS)));
    }
    return wants;
  }

  private boolean acquire(Node.Client client, List<Want> wants) {
    List<String> names = wants.stream().map(Want::resource).toList();
    machine.say(process.name() + " wants " + wants);
    Duration patience = dice.chance(0.3) ? Duration.ofSeconds(1 + dice.below(60)) : Duration.ZERO;
    try {
      for (Grant grant : client.acquire(wants, patience)) {
        machine.say(process.name() + " holds " + grant);
        world.checker().granted(machine, operator.node(), operator.generation(), process, grant);
        held.put(grant.resource(), grant.shared());
      }
      return process.alive();
    } catch (NodeException e) {
      machine.say(process.name() + " refused: " + e.code() + " " + e.getMessage());
      world.refusal(e.code());
      world.checker().refused(machine, process, names, client);
      return false;
    }
  }

  private void live(Node.Client client) {
    int steps = dice.below(3);
    for (int i = 0; i < steps && process.alive() && !world.closing(); i++) {
      work();
      if (process.alive() && !held.isEmpty()) {
        change(client);
      }
    }
    if (process.alive()) {
      work();
    }
    if (process.alive() && dice.chance(0.5)) {
      for (String resource : List.copyOf(held.keySet())) {
        release(client, resource);
      }
    }
  }

  private void work() {
    long until = operator.seat().scheduler().now() + dice.around(20 * SECOND);
    while (process.alive() && !world.closing() && operator.seat().scheduler().now() < until) {
      operator.tasks().sleep(Duration.ofNanos(dice.between(SECOND / 2, 3 * SECOND)));
    }
  }

  private void change(Node.Client client) {
    String resource = dice.pick(List.copyOf(held.keySet()));
    if (dice.chance(0.5)) {
      convert(client, resource, !Boolean.TRUE.equals(held.get(resource)));
    } else {
      release(client, resource);
      if (process.alive() && dice.chance(0.6)) {
        acquire(client, List.of(new Want(resource, dice.chance(0.35), false)));
      }
    }
  }

  private void convert(Node.Client client, String resource, boolean shared) {
    if (machine.plan().original()) {
      return;
    }
    if (shared) {
      world.checker().downgraded(process, resource);
    }
    try {
      Grant grant = client.convert(resource, shared);
      machine.say(process.name() + " converted to " + grant);
      world.checker().granted(machine, operator.node(), operator.generation(), process, grant);
      held.put(resource, shared);
    } catch (NodeException e) {
      machine.say(process.name() + ": conversion of " + resource + " refused: " + e.code());
    }
  }

  private void release(Node.Client client, String resource) {
    machine.say(process.name() + " releases " + resource);
    world.checker().ended(process, resource);
    held.remove(resource);
    try {
      client.release(resource);
    } catch (NodeException e) {
      machine.say(process.name() + ": release of " + resource + ": " + e.code());
    }
  }
}
