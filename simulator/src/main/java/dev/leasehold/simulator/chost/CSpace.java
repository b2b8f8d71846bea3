// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.chost;

import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.simulator.disk.SimStorage;
import dev.leasehold.simulator.host.Seat;
import dev.leasehold.simulator.host.SimTasks;
import dev.leasehold.simulator.node.Node;
import java.time.Duration;
import java.util.Arrays;

/** One joined lockspace of the C daemon: its delta lease (2) and its renewal thread (2.3). */
final class CSpace {

  private final CSettings settings;
  private final Seat seat;
  private final SimTasks tasks;
  private final CIo io;
  private final Watchdog.Test test;
  final CHostStatus status = new CHostStatus();
  private final int unit;
  private final int maxHosts;
  private CLeader last;
  long lastSuccess;
  boolean lastAttemptOk;
  boolean corrupt;
  boolean stop;
  boolean stopped;
  boolean dead;
  boolean removal;

  private CSpace(
      CSettings settings, Seat seat, SimTasks tasks, CIo io, Watchdog.Test test, CLeader last) {
    this.settings = settings;
    this.seat = seat;
    this.tasks = tasks;
    this.io = io;
    this.test = test;
    this.unit = io.unit();
    this.maxHosts = unit == 512 ? 2000 : 250;
    this.last = last;
  }

  /** Acquires the host id (2.2) and arms the watchdog (6.3). */
  static CSpace join(
      CSettings settings, Seat seat, SimTasks tasks, SimStorage storage, Watchdog watchdog)
      throws CFault {
    CIo io = CIo.open(storage, Node.AREA, settings.ioTimeout());
    boolean joined = false;
    try {
      Watchdog.Test test = watchdog.open("sanlock_LS:" + settings.hostId());
      io.read(0, 4096, settings.ioTimeout());
      CLeader record = acquire(settings, seat, tasks, io);
      CSpace space = new CSpace(settings, seat, tasks, io, test, record);
      space.lastSuccess = record.timestamp();
      space.lastAttemptOk = true;
      test.live(space.lastSuccess, space.lastSuccess + 8L * settings.ioTimeout());
      joined = true;
      return space;
    } catch (Watchdog.WatchdogException e) {
      throw new CFault(-203);
    } finally {
      if (!joined) {
        io.close();
      }
    }
  }

  private static CLeader acquire(CSettings settings, Seat seat, SimTasks tasks, CIo io)
      throws CFault {
    int n = settings.ioTimeout();
    long at = (settings.hostId() - 1) * io.unit();
    CLeader record = readOwn(io, at, n);
    int other = record.ioTimeout() == 0 ? n : record.ioTimeout();
    if (record.timestamp() != 0 && !record.resourceName().equals(settings.hostName())) {
      tasks.sleep(Duration.ofSeconds(8L * other + settings.watchdogFire()));
      CLeader again = readOwn(io, at, n);
      if (!again.same(record)) {
        if (again.timestamp() != 0) {
          throw new CFault(-262);
        }
        record = again;
      }
    }
    CLeader mine = record.copy();
    mine.timestamp(seat.clock().monotonicSeconds());
    mine.ioTimeout(n);
    mine.owner(settings.hostId(), record.generation() + 1);
    mine.resourceName(settings.hostName());
    byte[] sector = mine.sector(io.unit());
    io.write(at, sector, n);
    tasks.sleep(Duration.ofSeconds(2L * other));
    CLeader back = readOwn(io, at, n);
    if (!back.same(new CLeader(sector))) {
      throw new CFault(-262);
    }
    return back;
  }

  private static CLeader readOwn(CIo io, long at, int n) throws CFault {
    return verified(io.read(at, io.unit(), n));
  }

  private static CLeader verified(byte[] sector) throws CFault {
    CLeader record = new CLeader(sector);
    int fault = record.verify(CLeader.DELTA, 3, Node.SPACE, "", 0);
    if (fault != 0) {
      throw new CFault(fault);
    }
    return record;
  }

  long generation() {
    return last.generation();
  }

  long now() {
    return seat.clock().monotonicSeconds();
  }

  /** A fresh look at another host's delta record (3.2). */
  CLeader readHost(SimStorage storage, long host) throws CFault {
    try (CIo own = CIo.open(storage, Node.AREA, settings.ioTimeout())) {
      return verified(own.read((host - 1) * unit, unit, settings.ioTimeout()));
    }
  }

  /** The renewal thread. */
  void run() {
    while (!stop) {
      if (now() - lastSuccess < 2L * settings.ioTimeout() && lastAttemptOk) {
        tasks.sleep(Duration.ofSeconds(1));
        continue;
      }
      tasks.sleep(Duration.ofMillis(500));
      if (!stop) {
        renew();
      }
    }
    if (lastAttemptOk) {
      release();
    }
    test.close();
    io.close();
    stopped = true;
  }

  private void renew() {
    try {
      byte[] area = io.read(0, 1 << 20, settings.ioTimeout());
      status.evaluate(area, unit, maxHosts, Node.SPACE, now());
      int at = (int) (settings.hostId() - 1) * unit;
      CLeader seen = verified(Arrays.copyOfRange(area, at, at + unit));
      if (!seen.sameOwner(last)) {
        throw new CFault(-260);
      }
      if (lastAttemptOk && !seen.same(last)) {
        throw new CFault(-261);
      }
      seen.ioTimeout(settings.ioTimeout());
      long ts = now();
      seen.timestamp(ts);
      seen.writer(0, 0, 0);
      byte[] sector = seen.sector(unit);
      io.write(at, sector, 8 * settings.ioTimeout() + settings.watchdogFire());
      last = new CLeader(sector);
      lastSuccess = ts;
      lastAttemptOk = true;
      if (!stop) {
        test.live(ts, ts + 8L * settings.ioTimeout());
      }
    } catch (CFault fault) {
      lastAttemptOk = false;
      int result = fault.result();
      corrupt |= result <= -223 && result >= -261;
    } catch (Watchdog.WatchdogException e) {
      // logged only (6.3)
    }
  }

  private void release() {
    try {
      CLeader free = last.copy();
      free.timestamp(0);
      io.write((settings.hostId() - 1) * unit, free.sector(unit), settings.ioTimeout());
    } catch (CFault fault) {
      // others wait host_dead (2.4)
    }
  }

  /** Nobody uses it any more. */
  void disarm() {
    try {
      test.clear();
    } catch (Watchdog.WatchdogException e) {
      // logged only
    }
  }
}
