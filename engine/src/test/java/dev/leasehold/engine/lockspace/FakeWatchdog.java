// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.port.Watchdog;
import java.util.ArrayList;
import java.util.List;

/** Records what it is told, and refuses what a test wants refused. */
final class FakeWatchdog implements Watchdog {
  final List<String> log = new ArrayList<>();
  boolean refuseOpen;
  boolean refuseLive;
  int refuseClears;

  @Override
  public boolean protects() {
    return true;
  }

  @Override
  public String description() {
    return "fake";
  }

  @Override
  public Test open(String name) throws WatchdogException {
    if (refuseOpen) {
      throw new WatchdogException("no watchdog here");
    }
    log.add("open " + name);
    return new Test() {
      @Override
      public void live(long renewalSeconds, long expireSeconds) throws WatchdogException {
        if (refuseLive) {
          throw new WatchdogException("does not want to");
        }
        log.add("live " + renewalSeconds + " " + expireSeconds);
      }

      @Override
      public void clear() throws WatchdogException {
        if (refuseClears > 0) {
          refuseClears--;
          log.add("clear refused");
          throw new WatchdogException("cannot clear");
        }
        log.add("clear");
      }

      @Override
      public void close() {
        log.add("close");
      }
    };
  }
}
