// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import dev.leasehold.engine.port.Watchdog;

/**
 * Stands where a watchdog would: nothing is armed, and it says so. A lost lease is then guarded by
 * killing its holders only (algorithms.md 1.3, last sentence). Thread-safe.
 */
public final class NoWatchdog implements Watchdog {

  /** All instances are alike. */
  public NoWatchdog() {}

  @Override
  public boolean protects() {
    return false;
  }

  @Override
  public String description() {
    return "none: this host is not reset when holders of a lost lease cannot be killed;"
        + " leases are guarded by killing only";
  }

  @Override
  public Test open(String name) {
    return Unarmed.INSTANCE;
  }

  private enum Unarmed implements Test {
    INSTANCE;

    @Override
    public void live(long renewalSeconds, long expireSeconds) {
      // Nothing to arm.
    }

    @Override
    public void clear() {
      // Nothing was armed.
    }

    @Override
    public void close() {
      // Nothing is connected.
    }
  }
}
