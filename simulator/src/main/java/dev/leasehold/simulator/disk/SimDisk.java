// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.disk;

import dev.leasehold.simulator.kernel.Scheduler;
import dev.leasehold.simulator.kernel.SimTask;
import dev.leasehold.simulator.node.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The shared storage itself: names, files, and the transfers in flight. */
public final class SimDisk {

  /** Told of every sector that changes, and every name that a host takes away. */
  public interface Monitor {
    /**
     * A sector changed.
     *
     * @param file which file
     * @param sector index of the sector in units of the file
     * @param before content until now
     * @param after content from now on
     * @param lane number of the host whose write it was, 0 for the world
     */
    void landed(SimFile file, int sector, byte[] before, byte[] after, int lane);

    /** A host removed a name. */
    default void unlinked(String path) {}
  }

  final Scheduler scheduler;
  final DiskFaults faults;
  final BlockPool pool = new BlockPool();
  final TreeMap<String, SimFile> names = new TreeMap<>();
  private final Set<Transfer> inFlight = new LinkedHashSet<>();
  private final List<Monitor> monitors = new ArrayList<>();
  private final int unit;
  private long inodes;
  private long transfers;
  private long lateLandings;

  /**
   * Sets it up.
   *
   * @param scheduler simulated time
   * @param faults what goes wrong
   * @param unit sector size of every file: 512 or 4096
   */
  public SimDisk(Scheduler scheduler, DiskFaults faults, int unit) {
    this.scheduler = scheduler;
    this.faults = faults;
    this.unit = unit;
  }

  /** Has {@code monitor} told of every sector that changes. */
  public void monitor(Monitor monitor) {
    monitors.add(monitor);
  }

  /** Makes a file at once, by the world itself. */
  public SimFile make(String path, long size) {
    SimFile file = newFile(path, size);
    names.put(path, file);
    return file;
  }

  /** Takes a name away, by the world itself; who has the file open still has it. */
  public void remove(String path) {
    names.remove(path);
  }

  /** A host takes a name away. */
  void unlink(String path) {
    names.remove(path);
    monitors.forEach(monitor -> monitor.unlinked(path));
  }

  /** The file a name leads to. */
  public Optional<SimFile> find(String path) {
    return Optional.ofNullable(names.get(path));
  }

  /** Replaces one sector at once, by the world itself. */
  public void overwrite(SimFile file, int sector, byte[] content) {
    put(file, sector, content, 0, 0);
  }

  /** Transfers so far. */
  public long transfers() {
    return transfers;
  }

  /** Writes so far that took effect after their issuer gave up waiting. */
  public long lateLandings() {
    return lateLandings;
  }

  /** Whether a host's path is down. */
  public boolean pathDown(int lane) {
    return faults.isDown(lane);
  }

  /** Whether a process has transfers in flight: then the kernel does not let it go yet. */
  public boolean inFlight(SimStorage storage) {
    return inFlight.stream().anyMatch(transfer -> transfer.store.storage() == storage);
  }

  /** How many transfers are in flight. */
  public int inFlight() {
    return inFlight.size();
  }

  /** The sector size of every file. */
  public int unit() {
    return unit;
  }

  /** The host's path is back: what hung lands now, or a little later, in any order, or fails. */
  public void bringUp(int lane) {
    faults.bringUp(lane);
    for (Transfer transfer : List.copyOf(inFlight)) {
      if (transfer.held && transfer.store.lane() == lane) {
        plan(transfer, faults.released(lane));
      }
    }
  }

  /** The host's path is gone: what is in flight hangs, if that is how the path fails. */
  public void takeDown(int lane, DiskFaults.Outage outage) {
    faults.takeDown(lane, outage);
    if (outage == DiskFaults.Outage.HANGS) {
      for (Transfer transfer : inFlight) {
        if (transfer.store.lane() == lane && !transfer.orphaned) {
          plan(transfer, Fate.held());
        }
      }
    }
  }

  /** Everything that hangs or is late ends within seconds. */
  public void letGo() {
    for (Transfer transfer : List.copyOf(inFlight)) {
      if (transfer.held || transfer.abandoned) {
        plan(transfer, faults.released(transfer.store.lane()));
      }
    }
  }

  /**
   * The machine that issued these transfers is gone. Its writes land within {@code within}
   * nanoseconds or never.
   */
  public void orphan(int lane, long within) {
    for (Transfer transfer : List.copyOf(inFlight)) {
      if (transfer.store.lane() == lane) {
        transfer.orphaned = true;
        plan(transfer, transfer.write ? faults.orphaned(within) : Fate.failed(0, false));
      }
    }
  }

  /** The process that issued these transfers was killed: they go on, but nobody waits for them. */
  public void disown(SimStorage storage) {
    for (Transfer transfer : inFlight) {
      if (transfer.store.storage() == storage) {
        transfer.orphaned = true;
      }
    }
  }

  /** A file that was filled before it had a name has one now. */
  void announce(SimFile file, int lane) {
    byte[] zero = new byte[file.unit()];
    for (int i = 0; i < file.size() / file.unit(); i++) {
      if (!file.hole(i)) {
        byte[] content = file.sector(i);
        for (Monitor monitor : monitors) {
          monitor.landed(file, i, zero, content, lane);
        }
      }
    }
  }

  SimFile newFile(String path, long size) {
    return new SimFile(++inodes, path, unit, size);
  }

  void issue(Transfer transfer, Fate fate) {
    transfers++;
    transfer.issuedAt = scheduler.now();
    inFlight.add(transfer);
    scheduler
        .trace()
        .line(
            scheduler.now(),
            transfer.store.lane(),
            2 + transfer.first,
            () -> SectorWords.issued(transfer));
    if (transfer.sectors > 1 && faults.torn()) {
      takeEffect(transfer, faults.tear(transfer.sectors));
    }
    plan(transfer, fate);
  }

  private void plan(Transfer transfer, Fate fate) {
    int number = ++transfer.fateNumber;
    transfer.held = fate.completeAfter() == Fate.HELD;
    if (transfer.held) {
      return;
    }
    if (fate.effective() && fate.effectAfter() < fate.completeAfter() && transfer.write) {
      scheduler.after(
          fate.effectAfter(),
          () -> {
            if (transfer.fateNumber == number && mayLand(transfer)) {
              takeEffect(transfer, transfer.sectors);
            }
          });
    }
    scheduler.after(
        fate.completeAfter(),
        () -> {
          if (transfer.fateNumber == number) {
            complete(transfer, fate);
          }
        });
  }

  private boolean mayLand(Transfer transfer) {
    boolean lease = !transfer.file.madeAs().equals(Node.AREA);
    return faults.mayLand(transfer.store.lane(), lease, scheduler.now() - transfer.issuedAt);
  }

  private void complete(Transfer transfer, Fate planned) {
    boolean tooOld = transfer.write && transfer.effective == 0 && !mayLand(transfer);
    Fate fate = tooOld ? Fate.failed(0, false) : planned;
    if (fate.effective()) {
      takeEffect(transfer, transfer.sectors);
    }
    if (transfer.write && !Arrays.equals(transfer.content, transfer.block.memory())) {
      scheduler.fail("memory", "a block changed while in flight: " + transfer.words());
    }
    transfer.errno = fate.errno();
    transfer.completed = true;
    inFlight.remove(transfer);
    transfer.block.land();
    scheduler
        .trace()
        .line(
            scheduler.now(),
            transfer.store.lane(),
            4001 + fate.errno(),
            () -> SectorWords.completed(transfer));
    transfer.store.completed(transfer);
    SimTask waiter = transfer.waiter;
    if (waiter != null && !transfer.orphaned) {
      scheduler.wake(waiter, transfer.waitToken, 0);
    }
  }

  /** Makes sectors up to {@code end} of the transfer take effect, if they have not yet. */
  private void takeEffect(Transfer transfer, int end) {
    int from = transfer.effective;
    if (from >= end) {
      return;
    }
    transfer.effective = end;
    int bytes = transfer.file.unit();
    if (!transfer.write) {
      transfer.file.copy(
          transfer.first + from, transfer.first + end, transfer.block.memory(), from * bytes);
      return;
    }
    if (transfer.abandoned) {
      lateLandings++;
    }
    for (int i = from; i < end; i++) {
      put(transfer.file, transfer.first + i, transfer.content, i * bytes, transfer.store.lane());
    }
  }

  private void put(SimFile file, int sector, byte[] from, int offset, int lane) {
    byte[] before = file.sector(sector);
    file.put(sector, from, offset);
    if (!monitors.isEmpty()) {
      byte[] after = file.sector(sector);
      scheduler.trace().mix(file.id() * 4096 + sector, Arrays.hashCode(after));
      if (!Arrays.equals(before, after)) {
        for (Monitor monitor : monitors) {
          monitor.landed(file, sector, before, after, lane);
        }
      }
    }
  }
}
