// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.holder;

import dev.leasehold.engine.port.Processes;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The registrations. A registration is bound to one process by its pidfd, so that a later process
 * with the same pid is never taken for it, and it can be the target of one command at a time
 * (docs/spec/algorithms.md 5.1).
 *
 * <p>Thread-safe: guarded by a lock that is shared with the resources, so that both can be seen at
 * one moment. No port is called with the lock held.
 */
public final class HolderTable {
  private final Object lock;
  private final Processes processes;
  private final Map<HolderId, Holder> holders = new TreeMap<>();
  private long lastNumber;

  /**
   * An empty table.
   *
   * @param lock guards holders and resources together
   */
  public HolderTable(Object lock, Processes processes) {
    this.lock = lock;
    this.processes = processes;
  }

  /**
   * Registers a live process.
   *
   * @param onExit told once if the process ends, when its end is the end of the registration
   * @throws LeaseException EINVAL pid not positive; ESRCH no such process
   */
  public HolderId register(int pid, Lifetime lifetime, HolderLabel label, Consumer<HolderId> onExit)
      throws LeaseException {
    if (pid <= 0) {
      throw new LeaseException(ErrorCode.EINVAL, "a process id is positive, not " + pid);
    }
    Processes.Handle process =
        processes
            .find(pid)
            .orElseThrow(() -> new LeaseException(ErrorCode.ESRCH, "there is no process " + pid));
    HolderId id;
    synchronized (lock) {
      id = new HolderId(++lastNumber);
      holders.put(id, new Holder(id, process, lifetime, label));
    }
    if (lifetime == Lifetime.PROCESS) {
      process.onExit(() -> onExit.accept(id));
    }
    return id;
  }

  /** The oldest registration of a process that has not ended. */
  public Optional<HolderId> oldestOf(int pid) {
    synchronized (lock) {
      return holders.values().stream()
          .filter(holder -> holder.process.id().pid() == pid && !holder.ended)
          .map(holder -> holder.id)
          .findFirst();
    }
  }

  /** One registration as it is now, or empty if it is gone. */
  public Optional<HolderSnapshot> get(HolderId id) {
    synchronized (lock) {
      return Optional.ofNullable(holders.get(id)).map(Holder::snapshot);
    }
  }

  /** All registrations by number. */
  public List<HolderSnapshot> all() {
    synchronized (lock) {
      return holders.values().stream().map(Holder::snapshot).toList();
    }
  }

  /**
   * Replaces the restrictions.
   *
   * @throws LeaseException ESRCH
   */
  public void restrict(HolderId id, Restrictions restrictions) throws LeaseException {
    synchronized (lock) {
      known(id).restrictions = restrictions;
    }
  }

  /**
   * Sets the program that recovery runs.
   *
   * @throws LeaseException ESRCH
   */
  public void setKillPath(HolderId id, KillPath killPath) throws LeaseException {
    synchronized (lock) {
      known(id).killPath = Optional.of(killPath);
    }
  }

  /** Replaces the label, if the registration is still there. */
  public void relabel(HolderId id, HolderLabel label) {
    synchronized (lock) {
      Holder holder = holders.get(id);
      if (holder != null) {
        holder.label = label;
      }
    }
  }

  /**
   * Begins a command for a holder; {@link #end} must follow.
   *
   * @param acquiring the command is an acquire, which is refused while the holder is being killed
   * @throws LeaseException ESRCH, ESTALE, EBUSY
   */
  public void begin(HolderId id, boolean acquiring) throws LeaseException {
    synchronized (lock) {
      Holder holder = known(id);
      if (holder.ended) {
        throw new LeaseException(ErrorCode.ESTALE, describe(holder) + " has ended");
      }
      if (holder.commandActive) {
        throw new LeaseException(
            ErrorCode.EBUSY, "another command is running for " + describe(holder));
      }
      if (acquiring && holder.killAttempts > 0) {
        throw new LeaseException(
            ErrorCode.EBUSY, describe(holder) + " is being stopped, its lockspace has failed");
      }
      holder.commandActive = true;
    }
  }

  /**
   * Ends the command of a holder.
   *
   * @return whether the holder ended meanwhile: then its leases are to be given up, and {@link
   *     #remove} is to follow
   */
  public boolean end(HolderId id) {
    synchronized (lock) {
      Holder holder = holders.get(id);
      if (holder == null) {
        return false;
      }
      holder.commandActive = false;
      return holder.ended;
    }
  }

  /** Whether the registration exists and has not ended. */
  public boolean living(HolderId id) {
    synchronized (lock) {
      Holder holder = holders.get(id);
      return holder != null && !holder.ended;
    }
  }

  /**
   * Marks a registration as ended (docs/spec/algorithms.md 5.3).
   *
   * @return whether its leases are to be given up now and {@link #remove} is to follow; false if
   *     that was done before, or is left to its running command
   */
  public boolean markEnded(HolderId id) {
    synchronized (lock) {
      Holder holder = holders.get(id);
      if (holder == null || holder.ended) {
        return false;
      }
      holder.ended = true;
      return !holder.commandActive;
    }
  }

  /** Forgets a registration and stops watching its process. */
  public void remove(HolderId id) {
    Optional<Holder> removed;
    synchronized (lock) {
      removed = Optional.ofNullable(holders.remove(id));
    }
    removed.ifPresent(holder -> holder.process.close());
  }

  /** Whether two registrations are of one and the same process. */
  public boolean sameProcess(HolderId one, HolderId other) {
    synchronized (lock) {
      Holder a = holders.get(one);
      Holder b = holders.get(other);
      return a != null && b != null && a.process.id().equals(b.process.id());
    }
  }

  /** For the killing of holders, with the lock held. */
  Optional<Holder> find(HolderId id) {
    return Optional.ofNullable(holders.get(id));
  }

  Object lock() {
    return lock;
  }

  static String describe(Holder holder) {
    String process = "process " + holder.process.id().pid();
    String name = holder.label.inWords();
    return name.isEmpty() ? process : process + " (" + name + ")";
  }

  private Holder known(HolderId id) throws LeaseException {
    Holder holder = holders.get(id);
    if (holder == null) {
      throw new LeaseException(ErrorCode.ESRCH, id + " is not registered");
    }
    return holder;
  }
}
