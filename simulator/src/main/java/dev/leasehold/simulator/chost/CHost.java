// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.chost;

import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.simulator.disk.SimStorage;
import dev.leasehold.simulator.host.Seat;
import dev.leasehold.simulator.host.SimProcess;
import dev.leasehold.simulator.host.SimTasks;
import dev.leasehold.simulator.node.Grant;
import dev.leasehold.simulator.node.Node;
import dev.leasehold.simulator.node.NodeException;
import dev.leasehold.simulator.node.Want;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A simulated host that runs the original's rules: docs/spec/algorithms.md 2 to 5, weaknesses
 * included, except for the ways in which the original kills itself.
 */
public final class CHost implements Node {

  private static final int MOST_SIGNALS = 100;

  private final CSettings settings;
  private final Seat seat;
  private final SimTasks tasks;
  private final SimStorage storage;
  private final Watchdog watchdog;
  private final Map<String, Lease> leases = new LinkedHashMap<>();
  private @Nullable CSpace space;
  private @Nullable CSpace latest;
  private int commands;

  /** Lists of 3.7. */
  private enum Stage {
    ADD,
    HELD,
    REM
  }

  /** One resource that the daemon knows. */
  private static final class Lease {
    final CPaxos.Memory memory = new CPaxos.Memory();
    final Set<Connection> holders = new LinkedHashSet<>();
    Stage stage = Stage.ADD;
  }

  /**
   * A daemon that has just started.
   *
   * @param settings its configuration
   * @param seat where it runs
   * @param storage the shared storage
   * @param watchdog the machine's watchdog
   */
  public CHost(CSettings settings, Seat seat, SimStorage storage, Watchdog watchdog) {
    this.settings = settings;
    this.seat = seat;
    this.tasks = new SimTasks(seat);
    this.storage = storage;
    this.watchdog = watchdog;
  }

  @Override
  public long hostId() {
    return settings.hostId();
  }

  @Override
  public long join() throws NodeException {
    CSpace before = latest;
    if (before != null && (!before.stopped || commands > 0)) {
      throw new NodeException(-11, "on the removing list");
    }
    try {
      CSpace joined = CSpace.join(settings, seat, tasks, storage, watchdog);
      space = joined;
      latest = joined;
      tasks.start("lockspace", joined::run);
      tasks.start("main", () -> check(joined));
      return joined.generation();
    } catch (CFault fault) {
      throw refused(fault);
    }
  }

  @Override
  public void leave() throws NodeException {
    CSpace leaving = usable();
    leaving.removal = true;
    while (!leaving.stopped) {
      tasks.sleep(Duration.ofSeconds(1));
    }
  }

  @Override
  public boolean member() {
    CSpace now = space;
    return now != null && !now.dead && now.now() - now.lastSuccess < 8L * settings.ioTimeout();
  }

  @Override
  public Client connect(SimProcess process) {
    return new Connection(process);
  }

  @Override
  public void request(String resource, boolean force) throws NodeException {
    throw new NodeException(-22, "the model makes no requests");
  }

  @Override
  public Removal claim(String resource) throws NodeException {
    throw new NodeException(-22, "the model removes no files");
  }

  private CSpace usable() throws NodeException {
    CSpace now = space;
    if (now == null || now.dead) {
      throw new NodeException(-28, "lockspace not joined");
    }
    return now;
  }

  private static NodeException refused(CFault fault) {
    return new NodeException(fault.result(), "result " + fault.result());
  }

  /** The main loop's check of a joined lockspace (4.3). */
  private void check(CSpace joined) {
    long lastStep = -1;
    int steps = 0;
    while (true) {
      if (joined.dead) {
        if (leases.values().stream()
            .allMatch(lease -> lease.holders.stream().noneMatch(Connection::alive))) {
          joined.disarm();
          joined.stop = true;
          leases.clear();
          space = null;
          return;
        }
        if (joined.now() != lastStep && steps < MOST_SIGNALS) {
          lastStep = joined.now();
          steps++;
          killStep(joined);
        }
      } else if (joined.corrupt
          || joined.removal
          || joined.now() - joined.lastSuccess >= 8L * settings.ioTimeout()) {
        joined.dead = true;
        continue;
      }
      tasks.sleep(joined.dead ? Duration.ofMillis(200) : Duration.ofSeconds(1));
    }
  }

  private void killStep(CSpace joined) {
    boolean graceful =
        !joined.removal
            && joined.now() < joined.lastSuccess + 8L * settings.ioTimeout() + settings.grace();
    Set<Connection> holders = new LinkedHashSet<>();
    leases.values().forEach(lease -> holders.addAll(lease.holders));
    for (Connection holder : holders) {
      if (holder.alive()) {
        holder.process.signal(graceful ? 15 : 9);
      }
    }
  }

  private CPaxos open(CSpace now, String resource, CPaxos.Memory memory) throws CFault {
    return new CPaxos(settings, seat, tasks, storage, now, resource, memory);
  }

  /** The resource thread's tries to complete a release (3.5, 3.6). */
  private void releaseLater(String resource, Lease lease, boolean retract, boolean tryAtOnce) {
    tasks.start(
        "release " + resource,
        () -> {
          boolean now = tryAtOnce;
          int seconds = settings.ioTimeout();
          while (true) {
            if (!now) {
              tasks.sleep(Duration.ofSeconds(seconds));
              seconds = 2 * settings.ioTimeout();
            }
            now = false;
            CSpace current = space;
            if (current == null || current.dead || !again(current, resource, lease, retract)) {
              leases.remove(resource, lease);
              return;
            }
          }
        });
  }

  private boolean again(CSpace current, String resource, Lease lease, boolean retract) {
    try (CPaxos paxos = open(current, resource, lease.memory)) {
      if (retract) {
        paxos.retract();
      } else {
        paxos.release();
      }
      return false;
    } catch (CFault fault) {
      return fault.result() == CFault.TIMEOUT;
    }
  }

  /** A registered client. */
  private final class Connection implements Client {
    private final SimProcess process;
    private boolean closed;

    Connection(SimProcess process) {
      this.process = process;
    }

    boolean alive() {
      return process.alive() && !closed;
    }

    @Override
    public List<Grant> acquire(List<Want> wants, Duration patience) throws NodeException {
      List<Grant> granted = new ArrayList<>();
      CSpace at = usable();
      commands++;
      try {
        for (Want want : wants) {
          granted.add(acquireOne(at, want));
        }
        if (usable() != at) {
          throw new NodeException(-28, "lockspace changed");
        }
        if (!alive()) {
          throw new NodeException(-25, "client died");
        }
        return granted;
      } catch (NodeException refused) {
        for (Grant grant : granted) {
          giveUp(grant.resource());
        }
        throw refused;
      } finally {
        commands--;
      }
    }

    private Grant acquireOne(CSpace at, Want want) throws NodeException {
      Lease known = leases.get(want.resource());
      if (known != null) {
        if (known.stage == Stage.HELD && want.shared() && known.memory.shared) {
          known.holders.add(this);
          return new Grant(want.resource(), true, known.memory.leader.lver());
        }
        int code =
            switch (known.stage) {
              case REM -> -11;
              case ADD -> -16;
              case HELD -> -17;
            };
        throw new NodeException(code, "known here");
      }
      Lease lease = new Lease();
      leases.put(want.resource(), lease);
      for (int tries = 0; ; tries++) {
        try (CPaxos paxos = open(at, want.resource(), lease.memory)) {
          paxos.acquire(want.shared());
          lease.stage = Stage.HELD;
          lease.holders.add(this);
          return new Grant(want.resource(), want.shared(), lease.memory.leader.lver());
        } catch (CFault fault) {
          boolean shortHold =
              want.shared()
                  && fault.result() <= -243
                  && fault.result() >= -245
                  && (lease.memory.leader.flags() & CLeader.SHORT_HOLD) != 0;
          if (shortHold && tries < 8) {
            tasks.sleep(Duration.ofNanos(seat.dice().between(0, 1_000_000_000L)));
            continue;
          }
          failed(want.resource(), lease);
          throw refused(fault);
        }
      }
    }

    private void failed(String resource, Lease lease) {
      if (!lease.memory.retract) {
        leases.remove(resource, lease);
        return;
      }
      lease.stage = Stage.REM;
      CSpace current = space;
      if (current != null && again(current, resource, lease, true)) {
        releaseLater(resource, lease, true, false);
      } else {
        leases.remove(resource, lease);
      }
    }

    @Override
    public void release(String resource) throws NodeException {
      Lease lease = leases.get(resource);
      if (lease == null || !lease.holders.contains(this)) {
        throw new NodeException(-1, "not held");
      }
      CSpace current = space;
      if (!lastHolder(resource, lease) || current == null || current.dead) {
        return;
      }
      try (CPaxos paxos = open(current, resource, lease.memory)) {
        paxos.release();
        leases.remove(resource, lease);
      } catch (CFault fault) {
        if (fault.result() == CFault.TIMEOUT) {
          releaseLater(resource, lease, false, false);
        } else {
          leases.remove(resource, lease);
        }
        throw refused(fault);
      }
    }

    private void giveUp(String resource) {
      try {
        release(resource);
      } catch (NodeException e) {
        // goes on in the background, or not at all
      }
    }

    /** Takes this holder off; whether that frees the lease. */
    private boolean lastHolder(String resource, Lease lease) {
      lease.holders.remove(this);
      if (!lease.holders.isEmpty()) {
        return false;
      }
      CSpace current = space;
      if (current == null || current.dead) {
        leases.remove(resource, lease);
      } else {
        lease.stage = Stage.REM;
      }
      return true;
    }

    @Override
    public Grant convert(String resource, boolean shared) throws NodeException {
      throw new NodeException(-22, "the model does not convert");
    }

    @Override
    public List<String> held() {
      List<String> held = new ArrayList<>();
      leases.forEach(
          (resource, lease) -> {
            if (lease.stage == Stage.HELD && lease.holders.contains(this)) {
              held.add(resource);
            }
          });
      return held;
    }

    @Override
    public void close() {
      closed = true;
      CSpace current = space;
      for (Map.Entry<String, Lease> entry : new ArrayList<>(leases.entrySet())) {
        Lease lease = entry.getValue();
        if (lease.stage == Stage.HELD
            && lease.holders.contains(this)
            && lastHolder(entry.getKey(), lease)
            && current != null
            && !current.dead) {
          releaseLater(entry.getKey(), lease, false, true);
        }
      }
    }
  }
}
