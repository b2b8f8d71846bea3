// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.port.Processes;
import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.AcquireRequest;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.Holding;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.libvirt.cleanup.EngineClaims;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The process of one guest, what it wants, and the leases it has for that. One lease may serve
 * several wanted things: an image that two of its disks are based on. Its commands run one after
 * the other; its end takes its leases without waiting for any (the engine watches the process).
 */
final class GuestHolder {
  /** Another guest of this host may be giving the lease back, or finding out that it cannot. */
  private static final int PATIENCE = 50;

  /** How often somebody without a name is asked for. */
  private static final int LOOKS = 2;

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final LeaseManager manager;
  private final Pause pause;
  private final Guest guest;
  private final HolderId id;
  private final Processes.Handle process;
  private final Log log;
  private final Repeats repeats;
  private final ReentrantLock turn = new ReentrantLock(true);
  private final Map<Wanted.Key, Entry> wants = new ConcurrentHashMap<>();
  private final Map<ResourceId, HoldMode> held = new HashMap<>();

  /** Waits a little. */
  @FunctionalInterface
  interface Pause {
    void sleep(Duration time);
  }

  private record Entry(Wanted wanted, List<Need> needs) {
    /** What is asked for again; a use that needs the lease alone may still be there. */
    private Entry again(Entry asked) {
      return asked.wanted.shared() && !wanted.shared() ? this : asked;
    }
  }

  GuestHolder(
      LeaseManager manager,
      Pause pause,
      Guest guest,
      HolderId id,
      Processes.Handle process,
      LongSupplier bootNanos,
      Log log) {
    this.manager = manager;
    this.pause = pause;
    this.guest = guest;
    this.id = id;
    this.process = process;
    this.repeats = new Repeats(bootNanos);
    this.log = log;
  }

  Guest guest() {
    return guest;
  }

  HolderId id() {
    return id;
  }

  Processes.Handle process() {
    return process;
  }

  boolean alive() {
    return process.alive();
  }

  /** Whether it has the leases of this; no promise about the next moment. */
  boolean has(Wanted.Key key) {
    return wants.containsKey(key);
  }

  /** Whether it has any lease. */
  boolean hasAny() {
    turn.lock();
    try {
      return !held.isEmpty();
    } finally {
      turn.unlock();
    }
  }

  /**
   * Acquires what is needed, all or nothing; what is held already is confirmed.
   *
   * @param asks what the connection has asked for, this included
   */
  void acquire(Wanted wanted, List<Need> needs, Asks asks) throws LeaseFailure {
    turn.lock();
    try {
      Map<ResourceId, HoldMode> before = Map.copyOf(held);
      List<Need> stronger = new ArrayList<>();
      List<LeaseRequest> requests = new ArrayList<>();
      for (Need need : needs) {
        HoldMode mode = before.getOrDefault(need.id(), need.mode());
        requests.add(need.request(mode));
        if (mode == HoldMode.SHARED && need.mode() == HoldMode.EXCLUSIVE) {
          stronger.add(need);
        }
      }
      take(requests);
      try {
        strengthen(stronger);
      } catch (LeaseFailure e) {
        giveBack(
            needs.stream()
                .map(Need::id)
                .filter(resource -> !before.containsKey(resource))
                .toList());
        throw e;
      }
      boolean had = wants.containsKey(wanted.key());
      wants.merge(wanted.key(), new Entry(wanted, needs), Entry::again);
      repeats.granted(wanted, had, wants.size() == 1, asks);
      log.info(guest + " has " + wanted.described());
    } finally {
      turn.unlock();
    }
  }

  private void take(List<LeaseRequest> requests) throws LeaseFailure {
    if (requests.isEmpty()) {
      return;
    }
    AcquireRequest request = new AcquireRequest(requests, AcquireOptions.DEFAULT.reentering());
    AcquireResult result = manager.acquire(id, request);
    for (int i = 0; i < PATIENCE && isPassing(result, i); i++) {
      pause.sleep(PAUSE);
      result = manager.acquire(id, request);
    }
    switch (result) {
      case AcquireResult.Granted granted ->
          granted.leases().forEach(lease -> held.put(lease.where().id(), lease.mode()));
      case AcquireResult.Refused(Refusal refusal) -> throw refused(refusal);
    }
  }

  /**
   * Being acquired, converted or released on this host at this moment, or held by a cleanup, which
   * has it for a few milliseconds.
   */
  private static boolean isPassing(AcquireResult result, int looks) {
    return result instanceof AcquireResult.Refused(Refusal refusal)
        && (refusal.code() == ErrorCode.EBUSY
            || (refusal.code() == ErrorCode.EAGAIN
                && refusal.culprit().map(culprit -> culprit.local()).orElse(true))
            || isCleanup(refusal, looks));
  }

  /** Who shows no name may be a cleanup that was over before its note was written. */
  private static boolean isCleanup(Refusal refusal, int looks) {
    return refusal.code().isInUse()
        && refusal
            .culprit()
            .map(Holding::who)
            .map(who -> who.map(EngineClaims.HOLDER::equals).orElse(looks < LOOKS))
            .orElse(false);
  }

  private LeaseFailure refused(Refusal refusal) {
    return switch (refusal.code()) {
      case ESRCH, ESTALE, ENOTTY ->
          LeaseFailure.unavailable(
              "process " + guest.pid() + " of guest " + guest.name() + " has ended");
      default -> Refusals.of(refusal);
    };
  }

  private void strengthen(List<Need> needs) throws LeaseFailure {
    List<ResourceId> done = new ArrayList<>();
    for (Need need : needs) {
      try {
        convert(need.id(), HoldMode.EXCLUSIVE);
        done.add(need.id());
      } catch (LeaseException e) {
        done.forEach(this::weaken);
        String subject = need.disk().map(disk -> "disk " + disk).orElse("lease " + need.id());
        throw Refusals.of(subject, e);
      }
    }
  }

  private void convert(ResourceId resource, HoldMode mode) throws LeaseException {
    manager.convert(id, resource, mode, true);
    held.put(resource, mode);
  }

  private void weaken(ResourceId resource) {
    try {
      convert(resource, HoldMode.SHARED);
    } catch (LeaseException e) {
      // Stronger than needed is safe; others are kept off.
      log.warn(guest + ": " + resource + " stays exclusive: " + e.detail());
    }
  }

  /**
   * Gives up what only this needs, or one of several uses of it.
   *
   * @param replan what the other wanted things need now: images may have changed meanwhile
   * @return whether it was wanted
   */
  boolean release(Wanted.Key key, Replan replan) {
    turn.lock();
    try {
      Optional<Entry> gone = Optional.ofNullable(wants.get(key));
      if (gone.isEmpty()) {
        return false;
      }
      if (repeats.oneEnds(gone.get().wanted(), wants.size() == 1)) {
        log.info(guest + " keeps " + key.described() + ": it had asked for it twice");
        return true;
      }
      wants.remove(key);
      wants.replaceAll((_, entry) -> new Entry(entry.wanted(), replan.needs(entry)));
      giveBackUnneeded(remaining());
      takeMissing();
      log.info(guest + " gave up " + key.described());
      return true;
    } finally {
      turn.unlock();
    }
  }

  /** What a wanted thing needs, looked at again. */
  @FunctionalInterface
  interface Replan {
    List<Need> needs(Wanted wanted, List<Need> before);

    private List<Need> needs(Entry entry) {
      return needs(entry.wanted(), entry.needs());
    }
  }

  /** Also what another wanted thing no longer needs: a block job may have shortened its chain. */
  private void giveBackUnneeded(Map<ResourceId, HoldMode> needed) {
    List<ResourceId> free = new ArrayList<>();
    for (ResourceId resource : List.copyOf(held.keySet())) {
      if (!needed.containsKey(resource)) {
        free.add(resource);
      } else if (needed.get(resource) == HoldMode.SHARED
          && held.get(resource) == HoldMode.EXCLUSIVE) {
        weaken(resource);
      }
    }
    giveBack(free);
  }

  private Map<ResourceId, HoldMode> remaining() {
    Map<ResourceId, HoldMode> remaining = new HashMap<>();
    wants.values().stream()
        .flatMap(entry -> entry.needs().stream())
        .forEach(
            need ->
                remaining.merge(
                    need.id(), need.mode(), (one, two) -> one == HoldMode.EXCLUSIVE ? one : two));
    return remaining;
  }

  /** A chain may have grown: the guest runs on all the same, so failing here is only said. */
  private void takeMissing() {
    for (Entry entry : wants.values()) {
      for (Need need : entry.needs()) {
        if (!held.containsKey(need.id())) {
          try {
            take(List.of(need.request(need.mode())));
          } catch (LeaseFailure e) {
            log.warn(guest + ": " + entry.wanted().described() + ": " + e.words());
          }
        }
      }
    }
  }

  private void giveBack(Collection<ResourceId> resources) {
    List<ResourceId> mine = resources.stream().filter(held::containsKey).toList();
    if (mine.isEmpty()) {
      return;
    }
    mine.forEach(held::remove);
    try {
      manager.release(id, mine);
    } catch (LeaseException e) {
      // Lost with its lockspace, or the engine goes on with it in the background.
      log.debug(guest + ": release: " + e.detail());
    }
  }
}
