// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.kernel;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Tasks that share a fate, e.g. those of one daemon process: they are paused, continued and killed
 * together. Confined to the run's baton.
 */
public final class TaskGroup {

  private final Scheduler scheduler;
  private final String name;
  final Set<SimTask> live = new LinkedHashSet<>();
  final List<SimTask> deferred = new ArrayList<>();
  private boolean paused;
  private boolean dead;

  TaskGroup(Scheduler scheduler, String name) {
    this.scheduler = scheduler;
    this.name = name;
  }

  /** For messages. */
  public String name() {
    return name;
  }

  /** No task of the group runs until {@link #resume}: SIGSTOP, a long collection, suspend. */
  public void pause() {
    paused = true;
  }

  /** Lets the group run on; what became due meanwhile runs now, in an order the seed picks. */
  public void resume() {
    paused = false;
    for (SimTask task : deferred) {
      scheduler.makeDue(task);
    }
    deferred.clear();
  }

  /** Whether it is paused. */
  public boolean paused() {
    return paused;
  }

  /** Whether it was killed. */
  public boolean dead() {
    return dead;
  }

  /** Ends every task of the group: each is unwound by {@link Killed} out of its port call. */
  public void kill() {
    if (dead) {
      return;
    }
    dead = true;
    deferred.clear();
    for (SimTask task : new ArrayList<>(live)) {
      scheduler.killTask(task);
    }
  }

  /**
   * To be called first in every port call.
   *
   * @throws Killed if the caller's process is gone
   */
  public void checkAlive() {
    if (dead) {
      scheduler.unwind();
    }
  }
}
