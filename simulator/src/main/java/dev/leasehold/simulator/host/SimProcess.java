// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.host;

import dev.leasehold.engine.port.Processes.ProcessId;
import dev.leasehold.simulator.kernel.Scheduler;
import java.util.ArrayList;
import java.util.List;

/** A process on a simulated machine, typically a guest. It is a state, not a task. */
public final class SimProcess {

  /**
   * How it takes signals.
   *
   * @param ignoresTerm SIGTERM does nothing
   * @param unkillable SIGKILL does nothing either: it hangs in the kernel
   * @param stopNanos how long it takes to end after a SIGTERM or its kill program
   */
  public record Temper(boolean ignoresTerm, boolean unkillable, long stopNanos) {
    /** Ends at once. */
    public static final Temper MEEK = new Temper(false, false, 1_000_000);
  }

  private static final int SIGKILL = 9;
  private static final int SIGTERM = 15;
  private static final long DELIVERY = 200_000;

  private final Scheduler scheduler;
  private final ProcessId id;
  private final String name;
  private final Temper temper;
  private final List<Runnable> onExit = new ArrayList<>();
  private boolean alive = true;

  SimProcess(Scheduler scheduler, ProcessId id, String name, Temper temper) {
    this.scheduler = scheduler;
    this.id = id;
    this.name = name;
    this.temper = temper;
  }

  /** Identity. */
  public ProcessId id() {
    return id;
  }

  /** For messages. */
  public String name() {
    return name;
  }

  /** Whether it has not ended. */
  public boolean alive() {
    return alive;
  }

  /** Whether nothing but a reset of the machine ends it. */
  public boolean unkillable() {
    return temper.unkillable();
  }

  /** Has {@code action} run, at the very moment of its end, by the machinery. */
  public void whenItEnds(Runnable action) {
    if (alive) {
      onExit.add(action);
    } else {
      action.run();
    }
  }

  /** A signal is on its way to it. */
  public void signal(int number) {
    if (number == SIGKILL && !temper.unkillable()) {
      scheduler.after(DELIVERY, this::end);
    } else if (number == SIGTERM && !temper.ignoresTerm()) {
      stop();
    }
  }

  /** Its kill program ran: it stops in good order, as for SIGTERM. */
  public void stop() {
    if (!temper.unkillable()) {
      scheduler.after(temper.stopNanos(), this::end);
    }
  }

  /** It ends now. */
  public void end() {
    if (alive) {
      alive = false;
      List<Runnable> actions = List.copyOf(onExit);
      onExit.clear();
      actions.forEach(Runnable::run);
    }
  }
}
