// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.host;

import dev.leasehold.lease.Pause;
import java.time.Duration;

/** Waiting that nobody calls off, for code that runs below the engine. */
public final class SimPause implements Pause {

  private final SimTasks tasks;

  /**
   * Sets it up.
   *
   * @param tasks whose sleep it is
   */
  public SimPause(SimTasks tasks) {
    this.tasks = tasks;
  }

  @Override
  public boolean sleep(Duration duration) {
    tasks.sleep(duration);
    return true;
  }

  @Override
  public boolean calledOff() {
    return false;
  }
}
