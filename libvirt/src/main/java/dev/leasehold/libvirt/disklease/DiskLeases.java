// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.lease.Clock;
import dev.leasehold.lease.Timing;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.naming.LeaseNaming;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The leases of guests' disks: what libvirt's lock manager asks for, in terms of leases.
 *
 * <p>The lockspace of the lease directory is joined in the background from {@link #start} on; who
 * asks for a lease meanwhile waits for it. Leases belong to the guest's process and end with it.
 * What a guest has already is granted again. Thread-safe; a call may block for as long as the
 * engine needs to find out that a dead host is dead.
 */
public final class DiskLeases implements AutoCloseable {
  /** How long an image's storage may take to answer. */
  private static final Duration LOOK = Duration.ofSeconds(30);

  private final LeaseManager manager;
  private final LeaseholdConfig config;
  private final LockspaceKeeper keeper;
  private final Planner planner;
  private final Aside aside = new Aside(LOOK);
  private final GuestHolders holders;
  private final Log log;

  /**
   * What leases need beside the engine.
   *
   * @param storage where the lockspace is made
   * @param tasks the engine's
   * @param processes the engine's
   * @param clock the engine's
   * @param stateDirectory where this host remembers its host id
   */
  public record World(
      dev.leasehold.storage.Storage storage,
      dev.leasehold.engine.port.Tasks tasks,
      dev.leasehold.engine.port.Processes processes,
      Clock clock,
      Path stateDirectory) {
    /** The same world as an engine's. */
    public static World of(EnginePorts ports, Path stateDirectory) {
      return new World(
          ports.storage(), ports.tasks(), ports.processes(), ports.clock(), stateDirectory);
    }
  }

  /** Leases in the configured directory; nothing happens before {@link #start}. */
  public DiskLeases(LeaseManager manager, World world, LeaseholdConfig config, Log log) {
    this.manager = manager;
    this.config = config;
    this.log = log;
    this.keeper =
        new LockspaceKeeper(
            manager, world.storage(), world.tasks(), config, world.stateDirectory(), log);
    this.planner = new Planner(config, new LeaseNaming(config.leaseIdentity()));
    this.holders = new GuestHolders(manager, world, new LossProgram(config), log);
  }

  /** Begins to join the lockspace; returns at once. */
  public void start() {
    keeper.start();
  }

  /**
   * Notes a guest's process down, so that its end is seen from now on.
   *
   * @throws LeaseFailure if there is no such process
   */
  public void register(Guest guest) throws LeaseFailure {
    holders.of(guest);
  }

  /**
   * Acquires the leases of one thing for a guest, all of them or none.
   *
   * @param asks of the connection that it comes by
   * @throws LeaseFailure in words for who started the guest
   */
  public void acquire(Guest guest, Wanted wanted, Asks asks) throws LeaseFailure {
    asks.add(wanted.key());
    try {
      acquireAsked(guest, wanted, asks);
    } catch (LeaseFailure e) {
      asks.refused(wanted.key());
      throw e;
    }
  }

  private void acquireAsked(Guest guest, Wanted wanted, Asks asks) throws LeaseFailure {
    GuestHolder holder = holders.of(guest);
    List<Need> needs = aside.get(wanted.described(), () -> planner.needs(wanted));
    if (needs.isEmpty()) {
      withoutLease(holder, wanted);
      return;
    }
    awaitLockspaces(wanted);
    holder.acquire(wanted, needs, asks);
  }

  /** {@code auto_disk_leases = 0}: as libvirt's plugin has it (libvirt-sanlock.md 4). */
  private void withoutLease(GuestHolder holder, Wanted wanted) throws LeaseFailure {
    boolean exclusive = wanted instanceof Wanted.Disk(String _, boolean shared) && !shared;
    if (exclusive && config.requireLeaseForDisks() && !holder.hasAny()) {
      throw LeaseFailure.unavailable(
          wanted.described()
              + " has no lease: auto_disk_leases = 0 and the guest's XML names none, but"
              + " require_lease_for_disks = 1; set auto_disk_leases = 1, or add a <lease>");
    }
  }

  private void awaitLockspaces(Wanted wanted) throws LeaseFailure {
    switch (wanted) {
      case Wanted.Disk _ -> keeper.await(joinLimit());
      case Wanted.Element element -> {
        if (element.lockspace().equals(LeaseholdConfig.LOCKSPACE)) {
          keeper.await(joinLimit());
        } else if (manager.lockspace(dev.leasehold.ondisk.Name.of(element.lockspace())).isEmpty()) {
          throw LeaseFailure.unavailable(
              element.described()
                  + ": the lockspace is not joined on this host; join it first (sanlock client"
                  + " add_lockspace -s "
                  + element.lockspace()
                  + ":HOST_ID:PATH:OFFSET)");
        }
      }
    }
  }

  /**
   * The longest that a join rightly takes: a host id whose last user is gone, and our own rounds.
   */
  private Duration joinLimit() {
    Timing timing = new Timing(config.ioTimeout(), config.watchdogFireTimeout());
    return timing.hostDead(0).plus(timing.renewal().multipliedBy(2)).plusSeconds(10);
  }

  /**
   * Gives up the leases that only this thing needs; if the guest has asked for it again for a use
   * of its own, that use alone ({@link Repeats}).
   *
   * @return false if the guest does not have them
   */
  public boolean release(Guest guest, Wanted.Key key) {
    Optional<GuestHolder> holder = holders.find(guest);
    return holder.isPresent() && holder.get().release(key, this::replanned);
  }

  /** With backing files protected, what is below a disk may have changed by a block job. */
  private List<Need> replanned(Wanted wanted, List<Need> before) {
    if (!config.protectBackingFiles()) {
      return before;
    }
    try {
      return aside.get(wanted.described(), () -> planner.again(wanted, before));
    } catch (LeaseFailure e) {
      log.warn(wanted.described() + ": " + e.words());
      return before;
    }
  }

  /** Which other guest of this host has this, if one has. */
  public Optional<Guest> ownerOf(Wanted.Key key) {
    return holders.all().stream()
        .filter(GuestHolder::alive)
        .filter(holder -> holder.has(key))
        .map(GuestHolder::guest)
        .findFirst();
  }

  /**
   * Leaves the lockspace if no guest has leases, because the daemon is asked to end; else carries
   * on.
   *
   * @return whether it is left
   */
  public boolean retire() {
    return keeper.retire();
  }

  /** Joins no more. Gives up no lease. */
  @Override
  public void close() {
    keeper.close();
  }
}
