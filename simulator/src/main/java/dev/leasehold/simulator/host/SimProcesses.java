// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.host;

import dev.leasehold.engine.port.Processes;
import java.util.List;
import java.util.Optional;

/** The processes of a machine as one daemon sees them. */
public final class SimProcesses implements Processes {

  /** The one program that simulated holders name as their kill program; its argument is a pid. */
  public static final String KILL_PROGRAM = "/sim/stop-guest";

  private static final long NOTICE = 500_000;

  private final Seat seat;
  private final ProcessTable table;
  private final SimProcess self;
  private final String bootId;

  /**
   * Sets it up.
   *
   * @param seat whose view this is
   * @param table the machine's processes
   * @param self the daemon itself
   * @param bootId differs at every boot
   */
  public SimProcesses(Seat seat, ProcessTable table, SimProcess self, String bootId) {
    this.seat = seat;
    this.table = table;
    this.self = self;
    this.bootId = bootId;
  }

  @Override
  public Optional<Handle> find(int pid) {
    seat.enter();
    return table.find(pid).map(process -> new Pinned(seat, process));
  }

  @Override
  public Optional<Handle> find(ProcessId id) {
    seat.enter();
    return table
        .find(id.pid())
        .filter(process -> process.id().equals(id))
        .map(process -> new Pinned(seat, process));
  }

  @Override
  public boolean run(List<String> argv) {
    seat.enter();
    if (!argv.getFirst().equals(KILL_PROGRAM)) {
      return false;
    }
    if (argv.size() > 1) {
      table.find(Integer.parseInt(argv.get(1))).ifPresent(SimProcess::stop);
    }
    return true;
  }

  @Override
  public String bootId() {
    return bootId;
  }

  @Override
  public ProcessId self() {
    return self.id();
  }

  private record Pinned(Seat seat, SimProcess process) implements Handle {
    @Override
    public ProcessId id() {
      return process.id();
    }

    @Override
    public boolean alive() {
      seat.enter();
      return process.alive();
    }

    @Override
    public void onExit(Runnable action) {
      seat.enter();
      process.whenItEnds(
          () ->
              seat.scheduler()
                  .after(
                      NOTICE,
                      () -> {
                        if (!seat.group().dead()) {
                          seat.scheduler().start(seat.group(), "exit of " + process.name(), action);
                        }
                      }));
    }

    @Override
    public boolean signal(int signal) {
      seat.enter();
      if (!process.alive()) {
        return false;
      }
      seat.scheduler()
          .trace()
          .line(
              seat.scheduler().now(),
              seat.lane(),
              6000 + signal,
              () -> "signal " + signal + " to " + process.name());
      process.signal(signal);
      return true;
    }

    @Override
    public void close() {}
  }
}
