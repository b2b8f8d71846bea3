// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource.fake;

import dev.leasehold.engine.port.Processes;
import dev.leasehold.engine.port.Tasks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Processes that live until a test or a signal ends them. Records signals and programs run. */
public final class FakeProcesses implements Processes {
  private final Tasks tasks;
  private final Map<Integer, FakeProcess> living = new LinkedHashMap<>();
  private final List<String> log = new ArrayList<>();
  private long ticks = 100;

  /** No process lives yet. */
  public FakeProcesses(Tasks tasks) {
    this.tasks = tasks;
  }

  /** A new process, which dies of SIGKILL and of SIGTERM. */
  public synchronized FakeProcess spawn(int pid) {
    FakeProcess process = new FakeProcess(new ProcessId(pid, ticks++));
    living.put(pid, process);
    return process;
  }

  /** "signal 15 to 4242" and "run [/bin/x, 1]", in order. */
  public synchronized List<String> log() {
    return List.copyOf(log);
  }

  @Override
  public synchronized Optional<Handle> find(int pid) {
    return Optional.ofNullable(living.get(pid)).map(FakeHandle::new);
  }

  @Override
  public synchronized Optional<Handle> find(ProcessId id) {
    return Optional.ofNullable(living.get(id.pid()))
        .filter(p -> p.id.equals(id))
        .map(FakeHandle::new);
  }

  @Override
  public synchronized boolean run(List<String> argv) {
    log.add("run " + argv);
    return true;
  }

  @Override
  public String bootId() {
    return "boot-1";
  }

  @Override
  public ProcessId self() {
    return new ProcessId(1, 1);
  }

  /** One process. */
  public final class FakeProcess {
    private final ProcessId id;
    private final List<Runnable> watchers = new ArrayList<>();
    private boolean alive = true;
    private boolean immune;

    private FakeProcess(ProcessId id) {
      this.id = id;
    }

    /** From now on it survives every signal. */
    public FakeProcess makeImmune() {
      immune = true;
      return this;
    }

    /** Its pid. */
    public int pid() {
      return id.pid();
    }

    /** Whether it lives. */
    public boolean alive() {
      synchronized (FakeProcesses.this) {
        return alive;
      }
    }

    /** Ends it; watchers run on tasks of their own. */
    public void die() {
      List<Runnable> toTell;
      synchronized (FakeProcesses.this) {
        if (!alive) {
          return;
        }
        alive = false;
        living.remove(id.pid(), this);
        toTell = List.copyOf(watchers);
      }
      toTell.forEach(watcher -> tasks.start("exit of " + id.pid(), watcher));
    }
  }

  private final class FakeHandle implements Handle {
    private final FakeProcess process;
    private boolean closed;

    FakeHandle(FakeProcess process) {
      this.process = process;
    }

    @Override
    public ProcessId id() {
      return process.id;
    }

    @Override
    public boolean alive() {
      return process.alive();
    }

    @Override
    public void onExit(Runnable action) {
      Runnable unlessClosed =
          () -> {
            if (!closed) {
              action.run();
            }
          };
      boolean dead;
      synchronized (FakeProcesses.this) {
        dead = !process.alive;
        if (!dead) {
          process.watchers.add(unlessClosed);
        }
      }
      if (dead) {
        tasks.start("exit of " + process.id.pid(), unlessClosed);
      }
    }

    @Override
    public boolean signal(int signal) {
      synchronized (FakeProcesses.this) {
        log.add("signal " + signal + " to " + process.id.pid());
        if (!process.alive) {
          return false;
        }
      }
      if (!process.immune) {
        process.die();
      }
      return true;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
