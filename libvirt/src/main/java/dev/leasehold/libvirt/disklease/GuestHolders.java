// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.KillPath;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.port.Processes;
import dev.leasehold.ondisk.LeaseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The guests of this host that have registered, by the pid of their process. A process is pinned
 * when it is first heard of, so a later one with the same pid is not taken for it. Thread-safe.
 */
final class GuestHolders {
  private final LeaseManager manager;
  private final DiskLeases.World world;
  private final LossProgram lossProgram;
  private final Log log;
  private final Map<Integer, GuestHolder> byPid = new HashMap<>();

  GuestHolders(LeaseManager manager, DiskLeases.World world, LossProgram lossProgram, Log log) {
    this.manager = manager;
    this.world = world;
    this.lossProgram = lossProgram;
    this.log = log;
  }

  /** The holder of a guest's process, if it is known and lives. */
  synchronized Optional<GuestHolder> find(Guest guest) {
    return Optional.ofNullable(byPid.get(guest.pid())).filter(GuestHolder::alive);
  }

  /** All that are known. */
  synchronized List<GuestHolder> all() {
    return List.copyOf(byPid.values());
  }

  /** The holder of a guest's process, registered if it is not known. */
  GuestHolder of(Guest guest) throws LeaseFailure {
    synchronized (this) {
      Optional<GuestHolder> known = find(guest);
      if (known.isPresent()) {
        return known.get();
      }
      GuestHolder made = register(guest);
      byPid.put(guest.pid(), made);
      made.process().onExit(() -> ended(made));
      return made;
    }
  }

  private GuestHolder register(Guest guest) throws LeaseFailure {
    Processes.Handle process =
        world.processes().find(guest.pid()).orElseThrow(() -> noProcess(guest));
    try {
      HolderId id =
          manager.register(
              guest.pid(),
              Lifetime.PROCESS,
              HolderLabel.guest(guest.name(), Optional.of(guest.uuid())));
      if (!process.alive()) {
        manager.unregister(id);
        throw noProcess(guest);
      }
      Optional<KillPath> program = lossProgram.of(guest.uuid());
      if (program.isPresent()) {
        manager.setKillPath(id, program.get());
      }
      return new GuestHolder(
          manager, world.tasks()::sleep, guest, id, process, world.clock()::bootNanos, log);
    } catch (LeaseException e) {
      process.close();
      throw Refusals.of("process " + guest.pid() + " of guest " + guest.name(), e);
    } catch (LeaseFailure e) {
      process.close();
      throw e;
    }
  }

  private static LeaseFailure noProcess(Guest guest) {
    return LeaseFailure.unavailable(
        "guest "
            + guest.name()
            + " is said to run as process "
            + guest.pid()
            + ", and there is no such process on this host; a lease needs a process whose end can"
            + " be seen");
  }

  private void ended(GuestHolder holder) {
    synchronized (this) {
      byPid.remove(holder.guest().pid(), holder);
    }
    holder.process().close();
    log.debug(holder.guest() + " has ended");
  }
}
