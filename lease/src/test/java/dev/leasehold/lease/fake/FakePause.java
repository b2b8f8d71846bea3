// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.fake;

import dev.leasehold.lease.Pause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Waits in the world's time, notes how long, and can be called off. */
public final class FakePause implements Pause {
  private final World world;
  private final List<Duration> waits = new ArrayList<>();
  private Runnable during = () -> {};
  private boolean calledOff;

  /** A pause that was not called off. */
  public FakePause(World world) {
    this.world = world;
  }

  /** Something to happen at the beginning of every wait. */
  public void during(Runnable action) {
    during = action;
  }

  /** Calls it off. */
  public void callOff() {
    calledOff = true;
  }

  /** The waits so far. */
  public List<Duration> waits() {
    return waits;
  }

  @Override
  public boolean sleep(Duration duration) {
    during.run();
    if (calledOff) {
      return false;
    }
    waits.add(duration);
    world.sleep(duration);
    return !calledOff;
  }

  @Override
  public boolean calledOff() {
    return calledOff;
  }
}
