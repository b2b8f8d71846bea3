// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.host;

import dev.leasehold.engine.port.Processes.ProcessId;
import dev.leasehold.simulator.kernel.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The processes of one machine. Pids are few, so that they are soon used again. */
public final class ProcessTable {

  private static final int FIRST_PID = 100;
  private static final int PIDS = 24;

  private final Scheduler scheduler;
  private final TreeMap<Integer, SimProcess> byPid = new TreeMap<>();
  private int next = FIRST_PID;
  private long starts;

  /**
   * Sets it up.
   *
   * @param scheduler simulated time
   */
  public ProcessTable(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Starts a process. */
  public SimProcess start(String name, SimProcess.Temper temper) {
    while (byPid.containsKey(next)) {
      advance();
    }
    ProcessId id = new ProcessId(next, ++starts * 10);
    SimProcess process = new SimProcess(scheduler, id, name, temper);
    byPid.put(next, process);
    advance();
    process.whenItEnds(() -> byPid.remove(id.pid(), process));
    return process;
  }

  /** The live process with this pid. */
  public Optional<SimProcess> find(int pid) {
    return Optional.ofNullable(byPid.get(pid));
  }

  /** All live processes. */
  public List<SimProcess> all() {
    return new ArrayList<>(byPid.values());
  }

  /** Every process ends: the machine is reset. */
  public void endAll() {
    all().forEach(SimProcess::end);
  }

  private void advance() {
    next++;
    if (next >= FIRST_PID + PIDS && byPid.size() < PIDS) {
      next = FIRST_PID;
    }
  }
}
