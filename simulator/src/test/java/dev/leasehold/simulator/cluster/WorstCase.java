// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.cluster;

import dev.leasehold.simulator.disk.DiskFaults;
import dev.leasehold.simulator.disk.SimDisk;
import dev.leasehold.simulator.disk.SimFile;
import dev.leasehold.simulator.host.SimProcess;
import dev.leasehold.simulator.kernel.Trace;
import dev.leasehold.simulator.kernel.Violation;
import dev.leasehold.simulator.node.Grant;
import dev.leasehold.simulator.node.Node;
import dev.leasehold.simulator.node.NodeException;
import dev.leasehold.simulator.node.Want;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The least time that docs/spec/algorithms.md 1.3 leaves between the reset of a holder's host and
 * the take-over of what it held, brought about on purpose (docs/testing.md): the last renewal is
 * written at the very beginning of a second and seen at once, then the holder's path is gone, its
 * watchdog fires at the last moment, its clocks are slow and everybody else's are fast, and the
 * others look just when the time has passed.
 */
public final class WorstCase implements SimDisk.Monitor {

  private static final long SECOND = 1_000_000_000L;
  private static final long DAY = 86_400 * SECOND;
  private static final long LATENCY = 8_000;
  private static final String RESOURCE = "disk1";

  /** How the others come to the lease. */
  public enum Way {
    /** It is held exclusively: they find its owner silent. */
    OWNER,
    /** It is held shared: they find the sharer silent. */
    SHARED,
    /** Another machine takes the silent host's id, and they find that one joined anew. */
    HOST_ID
  }

  /**
   * What to play.
   *
   * @param seed of what is left to chance: delays of less than a millisecond
   * @param ioTimeout N in seconds, of all hosts
   * @param watchdogFire W in seconds
   * @param driftPpm how much the holder's clocks are slow and the others' are fast
   */
  public record Scene(long seed, Way way, int ioTimeout, int watchdogFire, long driftPpm) {

    long hostDead() {
      return 8L * ioTimeout + watchdogFire;
    }
  }

  /**
   * What came of it; moments in nanoseconds of true time, -1 for never.
   *
   * @param renewedAt when the holder's last renewal took effect
   * @param resetAt when the holder's host was reset
   * @param grantedAt when the lease was granted to another host
   */
  public record Outcome(
      Optional<Violation> violation, long renewedAt, long resetAt, long grantedAt) {}

  private final Scene scene;
  private final World world;
  private final Machine holder;
  private final Machine contender;
  private final Machine joiner;
  private boolean lastRenewal;
  private long renewedAt = -1;
  private long resetAt = -1;
  private long grantedAt = -1;
  private boolean held;

  private WorstCase(Scene scene, World world) {
    this.scene = scene;
    this.world = world;
    this.holder = world.machines().get(0);
    this.contender = world.machines().get(1);
    this.joiner = world.machines().get(2);
  }

  /** Plays it. */
  public static Outcome play(Scene scene) {
    try (World world = new World(plan(scene), new Trace(false))) {
      WorstCase play = new WorstCase(scene, world);
      world.disk().monitor(play);
      play.toTheEnd();
      return new Outcome(
          world.scheduler().violation(), play.renewedAt, play.resetAt, play.grantedAt);
    }
  }

  /** Without {@link Fault#DRIFT}, for which the simulated watchdogs would fire earlier. */
  private static ClusterPlan plan(Scene scene) {
    return new ClusterPlan(
        scene.seed(),
        512,
        scene.watchdogFire(),
        true,
        List.of(
            host(scene, 1, 1, -scene.driftPpm()),
            host(scene, 2, 2, scene.driftPpm()),
            host(scene, 3, 1, scene.driftPpm())),
        1,
        3,
        1,
        0,
        1,
        Map.of(Fault.LATE_WATCHDOG, 1.0),
        false);
  }

  private static HostPlan host(Scene scene, int lane, long hostId, long driftPpm) {
    return new HostPlan(
        lane, hostId, "", false, scene.ioTimeout(), 0, driftPpm, false, false, false, false);
  }

  private void toTheEnd() {
    world.faults().typicalLatency(LATENCY);
    // No guests but ours.
    world.close(true);
    holder.powerOn();
    contender.powerOn();
    pass((5L * scene.ioTimeout() + 5) * SECOND);
    world.scheduler().after(0, () -> start(holder, this::hold));
    pass((3L * scene.ioTimeout() + 5) * SECOND);
    if (!held) {
      throw new IllegalStateException("the holder did not get the lease");
    }
    renewForTheLastTime();
    pass((scene.hostDead() + 10L * scene.ioTimeout() + 30) * SECOND);
  }

  /** Both hosts stand still until a renewal is due: so it takes place when we want it to. */
  private void renewForTheLastTime() {
    holder.pauseDaemon(DAY);
    contender.pauseDaemon(DAY);
    pass((2L * scene.ioTimeout() + 2) * SECOND);
    long left = SECOND - Math.floorMod(holder.clock().monotonicNanos(), SECOND);
    pass(holder.clock().trueNanos(left) + 1_000);
    lastRenewal = true;
    world.scheduler().after(0, holder::unpause);
  }

  private void pass(long nanos) {
    world.scheduler().run(world.scheduler().now() + nanos, Long.MAX_VALUE);
  }

  @Override
  public void landed(SimFile file, int sector, byte[] before, byte[] after, int lane) {
    if (!file.madeAs().equals(Node.AREA) || sector != 0) {
      return;
    }
    if (lastRenewal && lane == holder.plan().lane()) {
      lastRenewal = false;
      renewedAt = world.scheduler().now();
      world.scheduler().after(0, this::renewed);
    } else if (lane == joiner.plan().lane()) {
      world.scheduler().after(0, () -> start(contender, this::takeOver));
    }
  }

  private void renewed() {
    contender.unpause();
    // The holder still learns that it has renewed, so its watchdog runs as long as it may.
    world.scheduler().after(SECOND / 1000, () -> holder.losePath(DiskFaults.Outage.HANGS, DAY));
    if (scene.way() == Way.HOST_ID) {
      joiner.powerOn();
    } else {
      // The looks, one a second, are to come just after whole seconds of silence.
      long silence = (scene.hostDead() - 5) * SECOND + 5 * SECOND / 1000;
      world
          .scheduler()
          .after(contender.clock().trueNanos(silence), () -> start(contender, this::takeOver));
    }
  }

  private interface Part {
    void play(Machine machine, Machine.Daemon daemon);
  }

  private void start(Machine machine, Part part) {
    Machine.Daemon daemon = machine.daemon();
    if (daemon == null || !daemon.operator().joined()) {
      throw new IllegalStateException(machine + " is not a member");
    }
    world
        .scheduler()
        .start(daemon.seat().group(), "user of " + machine, () -> part.play(machine, daemon));
  }

  /** A process that nothing but a reset ends. */
  private void hold(Machine machine, Machine.Daemon daemon) {
    SimProcess process =
        machine.processes().start("holder", new SimProcess.Temper(true, true, SECOND));
    process.whenItEnds(
        () -> {
          resetAt = world.scheduler().now();
          world.checker().processEnded(process);
        });
    held = acquire(machine, daemon, process, scene.way() == Way.SHARED);
  }

  private void takeOver(Machine machine, Machine.Daemon daemon) {
    SimProcess process = machine.processes().start("contender", SimProcess.Temper.MEEK);
    for (int i = 0; i < 10 && grantedAt < 0; i++) {
      if (acquire(machine, daemon, process, false)) {
        grantedAt = world.scheduler().now();
      } else {
        daemon.operator().tasks().sleep(Duration.ofSeconds(1));
      }
    }
  }

  private boolean acquire(
      Machine machine, Machine.Daemon daemon, SimProcess process, boolean shared) {
    List<Want> wants = List.of(new Want(RESOURCE, shared, false));
    try {
      Node.Client client = daemon.node().connect(process);
      for (Grant grant : client.acquire(wants, Duration.ZERO)) {
        world
            .checker()
            .granted(machine, daemon.node(), daemon.operator().generation(), process, grant);
      }
      return true;
    } catch (NodeException e) {
      machine.say(process.name() + " refused: " + e.code() + " " + e.getMessage());
      return false;
    }
  }
}
