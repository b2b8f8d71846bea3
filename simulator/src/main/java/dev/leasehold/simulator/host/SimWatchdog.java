// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.host;

import dev.leasehold.engine.port.Watchdog;

/** The machine's watchdog as one daemon sees it. */
public final class SimWatchdog implements Watchdog {

  private final Seat seat;
  private final WatchdogDevice device;
  private final boolean protects;

  /**
   * Sets it up.
   *
   * @param seat whose view this is
   * @param device the machine's watchdog
   * @param protects false for a machine without one: then every call succeeds and arms nothing
   */
  public SimWatchdog(Seat seat, WatchdogDevice device, boolean protects) {
    this.seat = seat;
    this.device = device;
    this.protects = protects;
  }

  @Override
  public boolean protects() {
    return protects;
  }

  @Override
  public String description() {
    return protects ? "simulated" : "none";
  }

  @Override
  public Test open(String name) {
    seat.enter();
    WatchdogDevice.Test test = device.open();
    return new Test() {
      @Override
      public void live(long renewalSeconds, long expireSeconds) {
        seat.enter();
        if (protects) {
          test.expireAt(expireSeconds);
        }
      }

      @Override
      public void clear() {
        seat.enter();
        test.expireAt(0);
      }

      @Override
      public void close() {
        if (!seat.group().dead()) {
          test.close();
        }
      }
    };
  }
}
