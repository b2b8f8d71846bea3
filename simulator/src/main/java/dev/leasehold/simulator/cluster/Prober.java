// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.cluster;

import dev.leasehold.simulator.host.SimProcess;
import dev.leasehold.simulator.node.Grant;
import dev.leasehold.simulator.node.Node;
import dev.leasehold.simulator.node.NodeException;
import dev.leasehold.simulator.node.Want;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/** Once faults have stopped: whether everybody gets every lease, one after the other. */
final class Prober {

  private static final long SECOND = 1_000_000_000L;
  private static final int TRIES = 6;

  private final World world;
  private final List<Machine> machines;
  private boolean done;

  Prober(World world) {
    this.world = world;
    // Originals last: a lease that a late write has set back is mended only by the others.
    this.machines =
        world.machines().stream()
            .sorted(Comparator.comparing(machine -> machine.plan().original()))
            .toList();
  }

  boolean done() {
    return done;
  }

  /** Starts with the first machine; each hands over to the next. */
  void start() {
    probe(0);
  }

  private void probe(int index) {
    if (index == machines.size()) {
      done = true;
      return;
    }
    Machine machine = machines.get(index);
    Machine.Daemon daemon = machine.daemon();
    if (daemon == null || !daemon.operator().joined()) {
      world
          .scheduler()
          .fail("liveness", machine + " is not a member although nothing has been wrong for long");
      probe(index + 1);
      return;
    }
    world
        .scheduler()
        .start(
            daemon.seat().group(),
            "probe " + machine,
            () -> {
              for (String resource : world.resources()) {
                ask(machine, daemon, resource);
              }
              world.scheduler().after(0, () -> probe(index + 1));
            });
  }

  private void ask(Machine machine, Machine.Daemon daemon, String resource) {
    long started = world.scheduler().now();
    boolean create = world.disk().find(Node.DIRECTORY + "/" + resource).isEmpty();
    if (create && machine.plan().original()) {
      return;
    }
    String last = "";
    for (int i = 0; i < TRIES; i++) {
      SimProcess process =
          machine.processes().start("probe of " + resource, SimProcess.Temper.MEEK);
      process.whenItEnds(() -> world.checker().processEnded(process));
      try {
        Node.Client client = daemon.node().connect(process);
        for (Grant grant :
            client.acquire(List.of(new Want(resource, false, create)), Duration.ZERO)) {
          machine.say("probe holds " + grant);
          world
              .checker()
              .granted(machine, daemon.node(), daemon.operator().generation(), process, grant);
        }
        world.checker().ended(process, resource);
        client.release(resource);
        client.close();
        process.end();
        if (world.scheduler().now() - started > bound()) {
          break;
        }
        return;
      } catch (NodeException e) {
        last = e.code() + " " + e.getMessage();
        machine.say("probe of " + resource + " refused: " + last);
        process.end();
      }
      daemon.operator().tasks().sleep(Duration.ofSeconds(2L * world.plan().longestTimeout()));
    }
    world
        .scheduler()
        .fail(
            "liveness",
            machine
                + " did not get "
                + resource
                + " within "
                + (world.scheduler().now() - started) / SECOND
                + " s although nobody wants it: "
                + last);
  }

  /** What the algorithm promises, once per try that a contender may spoil. */
  private long bound() {
    return SECOND * 2 * (world.plan().hostDead() + 7L * world.plan().longestTimeout());
  }
}
