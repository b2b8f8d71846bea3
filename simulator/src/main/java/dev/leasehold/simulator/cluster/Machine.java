// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.cluster;

import dev.leasehold.simulator.disk.DiskFaults;
import dev.leasehold.simulator.disk.SimStorage;
import dev.leasehold.simulator.host.ProcessTable;
import dev.leasehold.simulator.host.Seat;
import dev.leasehold.simulator.host.SimClock;
import dev.leasehold.simulator.host.SimProcess;
import dev.leasehold.simulator.host.SimProcesses;
import dev.leasehold.simulator.host.SimWatchdog;
import dev.leasehold.simulator.host.WatchdogDevice;
import dev.leasehold.simulator.kernel.Dice;
import dev.leasehold.simulator.kernel.TaskGroup;
import dev.leasehold.simulator.node.Node;
import org.jspecify.annotations.Nullable;

/** One machine: it boots, runs a daemon and guests, and goes down in every way there is. */
final class Machine {

  private static final long SECOND = 1_000_000_000L;

  /** What a machine that was reset left in flight lands within this time, or never. */
  static final long ORPHANS_LAND_WITHIN = 8 * SECOND;

  /** A machine needs longer than that to boot. */
  private static final long FASTEST_BOOT = 12 * SECOND;

  private final World world;
  private HostPlan plan;
  private final Dice dice;
  private int boots;
  private int starts;
  private long lastWake = -1;
  private long suspensions;
  private long pauses;
  private SimClock clock;
  private ProcessTable processes;
  private WatchdogDevice watchdog;
  private boolean up;
  private @Nullable Daemon daemon;

  /**
   * A running daemon process.
   *
   * @param process its entry in the process table
   */
  record Daemon(Node node, Seat seat, SimStorage storage, SimProcess process, Operator operator) {}

  Machine(World world, HostPlan plan) {
    this.world = world;
    this.plan = plan;
    this.dice = Dice.named(world.plan().seed(), "machine " + plan.lane());
    this.clock = new SimClock(world.scheduler(), dice.between(20, 100_000), plan.driftPpm());
    this.processes = new ProcessTable(world.scheduler());
    this.watchdog = newWatchdog();
  }

  HostPlan plan() {
    return plan;
  }

  /** From the next start of its daemon on, it has a host id of its own. */
  void giveIdOfItsOwn() {
    plan = plan.withIdOfItsOwn();
  }

  World world() {
    return world;
  }

  Dice dice() {
    return dice;
  }

  ProcessTable processes() {
    return processes;
  }

  SimClock clock() {
    return clock;
  }

  boolean up() {
    return up;
  }

  boolean suspended() {
    return clock.suspended();
  }

  /** When it last woke from being suspended, -1 for never. */
  long lastWake() {
    return lastWake;
  }

  @Nullable Daemon daemon() {
    return daemon;
  }

  /** Whether this is the node that runs here now. */
  boolean runs(Node node) {
    Daemon now = daemon;
    return now != null && now.node().equals(node);
  }

  boolean daemonPaused() {
    Daemon now = daemon;
    return now == null || now.seat().group().paused();
  }

  void say(String text) {
    world.scheduler().trace().line(world.scheduler().now(), plan.lane(), 7000, () -> text);
  }

  // ---- up and down ----

  void powerOn() {
    up = true;
    say("machine is up, boot " + ++boots);
    startDaemon();
  }

  private void startDaemon() {
    if (!up || daemon != null) {
      return;
    }
    starts++;
    SimProcess process = processes.start("daemon", SimProcess.Temper.MEEK);
    TaskGroup group = world.scheduler().newGroup(this + " daemon " + starts);
    Seat seat = new Seat(world.scheduler(), plan.lane(), group, clock, new Dice(dice.any()));
    SimStorage storage = new SimStorage(world.disk(), seat);
    SimProcesses port = new SimProcesses(seat, processes, process, plan.lane() + "-" + boots);
    SimWatchdog dog = new SimWatchdog(seat, watchdog, world.plan().watchdog());
    String name = plan.hostName().isEmpty() ? "h" + plan.lane() + "s" + starts : plan.hostName();
    Node node = world.nodes().start(world.plan(), plan, name, seat, storage, port, dog);
    Operator operator = new Operator(this, node, seat, process);
    daemon = new Daemon(node, seat, storage, process, operator);
    say("daemon " + starts + " started as " + name);
    world.scheduler().start(group, "operator " + plan.lane(), operator::run);
    process.whenItEnds(() -> world.checker().processEnded(process));
    // A daemon that embeds its holders may be told to end itself: that is then its end.
    process.whenItEnds(() -> daemonEnded(process));
  }

  private void daemonEnded(SimProcess process) {
    Daemon now = daemon;
    if (now != null && now.process() == process) {
      killDaemon();
    }
  }

  /** The daemon is gone at once; what it has in flight goes on, and its holders run on. */
  void killDaemon() {
    Daemon gone = daemon;
    if (gone == null) {
      return;
    }
    daemon = null;
    say("daemon killed");
    gone.seat().group().kill();
    world.disk().disown(gone.storage());
    world.checker().left(gone.node());
    gone.process().end();
    for (SimProcess process : processes.all()) {
      if (plan.tied() || !world.checker().holdsSomething(process)) {
        process.end();
      }
    }
    int boot = boots;
    world
        .scheduler()
        .after(dice.between(SECOND / 10, 20 * SECOND), () -> startAfter(gone.storage(), boot));
  }

  /** A killed process is gone, and another one started, only when its last transfer has ended. */
  private void startAfter(SimStorage storage, int boot) {
    if (boot != boots) {
      return;
    }
    if (suspended() || world.disk().inFlight(storage)) {
      world.scheduler().after(SECOND, () -> startAfter(storage, boot));
    } else {
      startDaemon();
    }
  }

  /** Reset: nothing survives but what is on its way to the disk. It boots again. */
  void crash(String why) {
    if (!up) {
      return;
    }
    up = false;
    say("machine reset: " + why);
    world.count(why);
    Daemon gone = daemon;
    daemon = null;
    if (gone != null) {
      gone.seat().group().kill();
      world.disk().disown(gone.storage());
      world.checker().left(gone.node());
    }
    world.disk().orphan(plan.lane(), ORPHANS_LAND_WITHIN);
    processes.endAll();
    if (clock.suspended()) {
      clock.resume();
    }
    watchdog.retire();
    processes = new ProcessTable(world.scheduler());
    long down = Math.max(FASTEST_BOOT, dice.around(60 * SECOND));
    world
        .scheduler()
        .after(
            down,
            () -> {
              clock = new SimClock(world.scheduler(), dice.between(5, 20), plan.driftPpm());
              watchdog = newWatchdog();
              powerOn();
            });
  }

  private WatchdogDevice newWatchdog() {
    long drift = driftAllowance();
    boolean latest = world.plan().has(Fault.LATE_WATCHDOG);
    return new WatchdogDevice(
        world.scheduler(),
        clock,
        world.plan().watchdogFire(),
        () ->
            1
                + drift
                + (latest
                    ? 0
                    : dice.between(0, Math.min(10, world.plan().watchdogFire() / 2) * SECOND)),
        () -> crash("watchdog"));
  }

  /**
   * The inequality of algorithms.md 1.3 has no room for drift: what drift takes, the timer gives.
   */
  private long driftAllowance() {
    if (!world.plan().has(Fault.DRIFT)) {
      return 0;
    }
    return world.plan().hostDead() * 1_200_000L;
  }

  // ---- standing still ----

  void pauseDaemon(long nanos) {
    Daemon now = daemon;
    if (now == null || now.seat().group().paused() || suspended() || plan.original()) {
      // After a pause the original believes what it saw before it (docs/testing.md).
      return;
    }
    say("daemon paused for " + nanos / 1_000_000 + " ms");
    now.seat().group().pause();
    long number = ++pauses;
    world
        .scheduler()
        .after(
            nanos,
            () -> {
              if (number == pauses && !suspended()) {
                unpause();
              }
            });
  }

  void unpause() {
    Daemon now = daemon;
    pauses++;
    if (now != null && now.seat().group().paused()) {
      say("daemon continues");
      now.seat().group().resume();
    }
  }

  void suspend(long nanos) {
    if (!up || suspended() || plan.original()) {
      return;
    }
    say("machine suspended for " + nanos / 1_000_000 + " ms");
    clock.suspend();
    Daemon now = daemon;
    if (now != null) {
      now.seat().group().pause();
    }
    long number = ++suspensions;
    SimClock asleep = clock;
    world
        .scheduler()
        .after(
            nanos,
            () -> {
              if (number == suspensions && asleep == clock) {
                wake();
              }
            });
  }

  void wake() {
    suspensions++;
    if (!up || !suspended()) {
      return;
    }
    say("machine wakes");
    clock.resume();
    lastWake = world.scheduler().now();
    watchdog.resume();
    unpause();
  }

  void losePath(DiskFaults.Outage outage, long nanos) {
    say("path to the storage lost: " + outage);
    world.disk().takeDown(plan.lane(), outage);
    world.scheduler().after(nanos, this::regainPath);
  }

  void regainPath() {
    if (world.disk().pathDown(plan.lane())) {
      say("path to the storage is back");
      world.disk().bringUp(plan.lane());
    }
  }

  @Override
  public String toString() {
    return (plan.original() ? "C host " : "host ") + plan.lane();
  }
}
