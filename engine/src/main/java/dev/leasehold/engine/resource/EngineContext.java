// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.holder.HolderTable;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.spi.EngineEvents;
import dev.leasehold.engine.spi.LockspaceDirectory;
import dev.leasehold.engine.spi.MemberLockspace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What all commands share: ports, tables, and the list of those who wait. Thread-safe. */
final class EngineContext {
  final EnginePorts ports;
  final EngineConfig config;
  final LockspaceDirectory directory;
  final EngineEvents events;
  final Object lock = new Object();
  final HolderTable holders;
  final ResourceTable table;
  final Turns turns;
  final LeaseMemory memory = new LeaseMemory();

  private final Tasks.Signal upheaval;
  private final Set<Waiting> waiting = new LinkedHashSet<>();
  private volatile boolean stopped;

  EngineContext(
      EnginePorts ports, EngineConfig config, LockspaceDirectory directory, EngineEvents events) {
    this.ports = ports;
    this.config = config;
    this.directory = directory;
    this.events = events;
    this.holders = new HolderTable(lock, ports.processes());
    this.table = new ResourceTable(lock, holders);
    this.turns = new Turns(lock, ports.tasks());
    this.upheaval = ports.tasks().newSignal();
  }

  /** One line for an administrator. */
  void note(String words) {
    events.tell(listener -> listener.note(words));
  }

  boolean stopped() {
    return stopped;
  }

  /** Ends every wait, now and later. */
  void stop() {
    stopped = true;
    callOff(w -> true, Waiting.Reason.STOPPED);
    upheaval.raise();
  }

  /** A lockspace has died: background work in it ends. */
  void upheaval() {
    upheaval.raise();
  }

  /**
   * Waits in the background for work in a lockspace.
   *
   * @return false as soon as there is nothing to wait for any more: the lockspace is dead, or the
   *     engine stops
   */
  boolean sleepWhileAlive(MemberLockspace member, Duration duration) {
    long end = ports.clock().bootNanos() + duration.toNanos();
    while (true) {
      long seen = upheaval.version();
      if (stopped || member.dead()) {
        return false;
      }
      long left = end - ports.clock().bootNanos();
      if (left <= 0) {
        return true;
      }
      upheaval.await(seen, Duration.ofNanos(left));
    }
  }

  /** From now on the wait can be called off; what happened just before counts too. */
  void enter(Waiting wait) {
    synchronized (lock) {
      waiting.add(wait);
    }
    if (stopped) {
      wait.callOff(Waiting.Reason.STOPPED);
    }
    if (!holders.living(wait.holder)) {
      wait.callOff(Waiting.Reason.HOLDER_ENDED);
    }
    if (wait.members.stream().anyMatch(MemberLockspace::dead)) {
      wait.callOff(Waiting.Reason.LOCKSPACE_DEAD);
    }
  }

  void leave(Waiting wait) {
    synchronized (lock) {
      waiting.remove(wait);
    }
  }

  /** Calls waits off. */
  void callOff(Predicate<Waiting> which, Waiting.Reason reason) {
    List<Waiting> found = new ArrayList<>();
    synchronized (lock) {
      waiting.stream().filter(which).forEach(found::add);
    }
    found.forEach(wait -> wait.callOff(reason));
  }
}
