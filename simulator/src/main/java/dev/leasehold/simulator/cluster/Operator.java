// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.cluster;

import dev.leasehold.simulator.host.Seat;
import dev.leasehold.simulator.host.SimProcess;
import dev.leasehold.simulator.host.SimTasks;
import dev.leasehold.simulator.kernel.Dice;
import dev.leasehold.simulator.node.Node;
import dev.leasehold.simulator.node.NodeException;
import java.time.Duration;

/** What is done on one machine from the outside, as long as one daemon process lives. */
final class Operator {

  private static final int MOST_GUESTS = 4;

  private final Machine machine;
  private final World world;
  private final Node node;
  private final Seat seat;
  private final SimProcess daemon;
  private final SimTasks tasks;
  private final Dice dice;
  private long generation;
  private boolean joined;
  private int guests;
  private boolean cleaning;

  Operator(Machine machine, Node node, Seat seat, SimProcess daemon) {
    this.machine = machine;
    this.world = machine.world();
    this.node = node;
    this.seat = seat;
    this.daemon = daemon;
    this.tasks = new SimTasks(seat);
    this.dice = new Dice(machine.dice().any());
  }

  Machine machine() {
    return machine;
  }

  Node node() {
    return node;
  }

  Seat seat() {
    return seat;
  }

  SimTasks tasks() {
    return tasks;
  }

  Dice dice() {
    return dice;
  }

  long generation() {
    return generation;
  }

  boolean joined() {
    return joined && node.member();
  }

  void run() {
    while (true) {
      if (!joined()) {
        join();
      }
      tasks.sleep(Duration.ofNanos(dice.around(world.plan().pace() * 1_000_000_000L) + 1));
      if (!world.closing() && joined()) {
        doSomething();
      }
    }
  }

  private void join() {
    try {
      joined = false;
      generation = node.join();
      joined = true;
      machine.say("joined as host id " + node.hostId() + " generation " + generation);
      world.checker().joined(machine, node, generation);
    } catch (NodeException e) {
      machine.say("join refused: " + e.code() + " " + e.getMessage());
      world.refusedJoins++;
      tasks.sleep(Duration.ofNanos(dice.between(1_000_000_000L, 5_000_000_000L)));
    }
  }

  private void doSomething() {
    if (world.chance(dice, Fault.LEAVE, 0.03)) {
      leave();
    } else if (world.chance(dice, Fault.REQUEST, 0.1)) {
      request();
    } else if (!cleaning && world.chance(dice, Fault.CLEANUP, 0.3)) {
      cleaning = true;
      tasks.start("cleanup", this::cleanUp);
    } else if (guests < MOST_GUESTS) {
      startGuest();
    }
  }

  private void leave() {
    machine.say("leaves the lockspace");
    joined = false;
    try {
      node.leave();
      machine.say("left the lockspace");
      world.checker().left(node);
    } catch (NodeException e) {
      machine.say("leaving refused: " + e.code());
    }
  }

  private void request() {
    String resource = world.someResource(dice);
    try {
      node.request(resource, dice.chance(0.5));
      machine.say("requested " + resource);
    } catch (NodeException e) {
      machine.say("request of " + resource + " refused: " + e.code());
    }
  }

  private void cleanUp() {
    try {
      world.resources().forEach(this::removeUnused);
    } finally {
      cleaning = false;
    }
  }

  private void removeUnused(String resource) {
    try {
      Node.Removal removal = node.claim(resource);
      machine.say("cleanup holds " + removal.grant());
      world.checker().granted(machine, node, generation, daemon, removal.grant());
      remove(removal);
    } catch (NodeException e) {
      machine.say("cleanup does not get " + resource + ": " + e.code() + " " + e.getMessage());
    }
  }

  private void remove(Node.Removal removal) {
    String resource = removal.grant().resource();
    try {
      removal.remove();
      world.count(Fault.CLEANUP.name());
      machine.say("cleanup removed " + resource);
    } catch (NodeException e) {
      machine.say("cleanup leaves " + resource + ": " + e.code() + " " + e.getMessage());
    }
    world.checker().ended(daemon, resource);
    removal.drop();
  }

  private void startGuest() {
    boolean unkillable = world.chance(dice, Fault.UNKILLABLE_GUEST, 0.1);
    boolean stubborn = world.chance(dice, Fault.STUBBORN_GUEST, 0.3);
    long stop = dice.between(1_000_000, 5_000_000_000L);
    SimProcess.Temper temper = new SimProcess.Temper(stubborn, unkillable, stop);
    SimProcess process =
        machine
            .processes()
            .start("guest " + world.nextGuest() + "@" + machine.plan().lane(), temper);
    process.whenItEnds(() -> world.checker().processEnded(process));
    guests++;
    Guest guest = new Guest(this, process);
    tasks.start(
        process.name(),
        () -> {
          try {
            guest.run();
          } finally {
            guests--;
          }
        });
  }
}
