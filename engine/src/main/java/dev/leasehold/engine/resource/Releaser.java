// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.port.Tasks;
import dev.leasehold.lease.AcquireHint;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.PendingRelease;
import dev.leasehold.lease.PendingRelease.Attempt;
import dev.leasehold.lease.ReleaseTerms;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Gives leases up on the disk (docs/spec/algorithms.md 3.5, 3.6). Every entry handed in is
 * RELEASING already and belongs to nobody. What does not succeed at once goes on in the background,
 * one task per lease, until it is done or the lockspace is dead; and no entry is forgotten while a
 * write to its lease may still land (section 8, item 27).
 */
final class Releaser {
  private static final Duration SETTLE_ROUND = Duration.ofMinutes(10);

  private final EngineContext context;
  private final LeaseOpener opener;
  private final Tasks tasks;

  Releaser(EngineContext context, LeaseOpener opener) {
    this.context = context;
    this.opener = opener;
    this.tasks = context.ports.tasks();
  }

  /**
   * Releases one lease and waits for the first attempt.
   *
   * @return why it was not released cleanly, if it was not
   */
  Optional<LeaseException> now(Entry entry, Optional<Name> rename) {
    Optional<PendingRelease> pending = begin(entry, rename);
    if (pending.isEmpty()) {
      settle(entry);
      return Optional.empty();
    }
    return switch (attempt(entry, pending.get())) {
      case Attempt.Done _ -> {
        finished(entry);
        yield Optional.empty();
      }
      case Attempt.GivenUp givenUp -> {
        settle(entry);
        // In a dead lockspace there was nothing to release (3.5).
        yield entry.member.dead() ? Optional.empty() : Optional.of(givenUp.cause());
      }
      case Attempt.StillPending still -> {
        tell(entry, still);
        tasks.start("release " + entry.id(), () -> finish(entry, pending.get()));
        yield Optional.of(still.cause());
      }
    };
  }

  /** Releases several leases side by side; results in their order. */
  List<Optional<LeaseException>> nowAll(List<Entry> entries) {
    List<Optional<LeaseException>> results = new ArrayList<>();
    List<Runnable> jobs = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      int index = i;
      results.add(Optional.empty());
      jobs.add(
          () -> {
            Optional<LeaseException> result = now(entries.get(index), Optional.empty());
            synchronized (results) {
              results.set(index, result);
            }
          });
    }
    Parallel.run(tasks, "release", jobs);
    return results;
  }

  /** Releases a lease in the background; never blocks. */
  void later(Entry entry) {
    tasks.start(
        "release " + entry.id(),
        () ->
            begin(entry, Optional.empty())
                .ifPresentOrElse(pending -> finish(entry, pending), () -> settle(entry)));
  }

  /** Goes on with the retract of a failed acquisition in the background (3.6). */
  void retract(Entry entry, PendingRelease pending) {
    tasks.start("retract " + entry.id(), () -> finish(entry, pending));
  }

  /**
   * Goes on in the background with undoing a failed conversion; the lease stays held meanwhile, and
   * a release takes the place of this.
   */
  void retractConversion(Entry entry, PendingRelease pending) {
    synchronized (context.lock) {
      entry.retracting = true;
    }
    tasks.start(
        "undo conversion of " + entry.id(),
        () -> {
          retry(entry, pending, this::stillRetracting);
          synchronized (context.lock) {
            entry.retracting = false;
          }
        });
  }

  private boolean stillRetracting(Entry entry) {
    synchronized (context.lock) {
      // CONVERTING too: the failed conversion itself may not have come to its end yet, and there
      // is no other one while this goes on.
      return entry.retracting && entry.state != LeaseState.RELEASING;
    }
  }

  /**
   * Nothing is to be done on the disk; the entry is forgotten once nobody works there and no write
   * can land any more.
   */
  void settle(Entry entry) {
    Optional<OpenLease> open = openOf(entry);
    if (open.isPresent() && (turnTaken(entry) || open.get().unsettled())) {
      tasks.start("settle " + entry.id(), () -> settleAndForget(entry, open.get()));
    } else {
      forget(entry);
    }
  }

  private boolean turnTaken(Entry entry) {
    synchronized (context.lock) {
      return entry.turnTaken;
    }
  }

  private void settleAndForget(Entry entry, OpenLease open) {
    // Whoever was at work when the entry was given up; nobody begins anew on one that is RELEASING.
    context.turns.take(entry);
    context.turns.give(entry);
    // Even when the engine stops: the host id must not be given back before (section 8, item 27).
    boolean settled = false;
    while (!settled) {
      settled = open.awaitSettled(SETTLE_ROUND);
    }
    forget(entry);
  }

  private void forget(Entry entry) {
    context.table.remove(entry);
    openOf(entry).ifPresent(OpenLease::close);
  }

  private Optional<OpenLease> openOf(Entry entry) {
    synchronized (context.lock) {
      return entry.open;
    }
  }

  /** Empty if there is nothing to release: never acquired, or the lockspace is dead (3.5). */
  private Optional<PendingRelease> begin(Entry entry, Optional<Name> rename) {
    if (entry.member.dead()) {
      return Optional.empty();
    }
    context.turns.take(entry);
    try {
      Optional<OpenLease> open;
      synchronized (context.lock) {
        entry.retracting = false;
        open = entry.hold.isPresent() ? entry.open : Optional.empty();
      }
      return open.map(lease -> lease.lease().release(terms(entry, rename)));
    } finally {
      context.turns.give(entry);
    }
  }

  private ReleaseTerms terms(Entry entry, Optional<Name> rename) {
    synchronized (context.lock) {
      Optional<byte[]> lvb =
          entry
              .lvb
              .filter(value -> value.changed && entry.mode == HoldMode.EXCLUSIVE)
              .map(value -> value.value.clone());
      return new ReleaseTerms(lvb, rename);
    }
  }

  private Attempt attempt(Entry entry, PendingRelease pending) {
    context.turns.take(entry);
    try {
      return pending.attempt();
    } finally {
      context.turns.give(entry);
    }
  }

  private void finished(Entry entry) {
    Optional<AcquireHint> hint = openOf(entry).flatMap(open -> open.lease().hint());
    hint.ifPresent(found -> context.memory.remember(entry.id(), found));
    settle(entry);
  }

  private void finish(Entry entry, PendingRelease first) {
    PendingRelease pending = first;
    Duration pause = entry.member.timing().io();
    while (!entry.member.dead()) {
      Attempt attempt = attempt(entry, pending);
      if (attempt instanceof Attempt.Done) {
        finished(entry);
        return;
      }
      if (!(attempt instanceof Attempt.StillPending still)
          || isGone(entry, still)
          || !context.sleepWhileAlive(entry.member, pause)) {
        break;
      }
      pause = entry.member.timing().renewal();
      pending = reopened(entry, still, pending);
    }
    settle(entry);
  }

  /** Retries at once, then N later, then every 2N, as long as it is wanted (3.5). */
  private void retry(Entry entry, PendingRelease pending, Predicate<Entry> wanted) {
    Duration pause = entry.member.timing().io();
    while (!entry.member.dead() && attemptIf(entry, pending, wanted)) {
      if (!context.sleepWhileAlive(entry.member, pause)) {
        return;
      }
      pause = entry.member.timing().renewal();
    }
  }

  private boolean attemptIf(Entry entry, PendingRelease pending, Predicate<Entry> wanted) {
    context.turns.take(entry);
    try {
      return wanted.test(entry) && pending.attempt() instanceof Attempt.StillPending;
    } finally {
      context.turns.give(entry);
    }
  }

  /**
   * After a failure that is not a timeout the open file itself may be the trouble (a stale NFS
   * handle, a device that came back): the next attempt opens it afresh (section 8, item 12).
   */
  private PendingRelease reopened(
      Entry entry, Attempt.StillPending failure, PendingRelease pending) {
    Optional<OpenLease> old = openOf(entry);
    if (old.isEmpty() || mayStillLand(old.get(), failure)) {
      return pending;
    }
    try {
      OpenLease fresh = opener.open(entry.where, entry.member);
      synchronized (context.lock) {
        entry.open = Optional.of(fresh);
      }
      old.get().close();
      return fresh.lease().goOnWith(pending);
    } catch (LeaseException e) {
      return pending;
    }
  }

  /** Then only the store that issued the write knows of it, and stays open. */
  private static boolean mayStillLand(OpenLease open, Attempt.StillPending failure) {
    return failure.cause().code() == ErrorCode.AIO_TIMEOUT || open.unsettled();
  }

  /** The file was removed under us, and its name leads nowhere: there is nothing to give back. */
  private boolean isGone(Entry entry, Attempt.StillPending failure) {
    Optional<OpenLease> open = openOf(entry);
    boolean stale = failure.cause().code() == ErrorCode.ESTALE;
    if (!stale || entry.where.disks().size() > 1 || open.isEmpty() || open.get().unsettled()) {
      return false;
    }
    try {
      opener.open(entry.where, entry.member).close();
      return false;
    } catch (LeaseException e) {
      return e.code() == ErrorCode.ENOENT;
    }
  }

  private void tell(Entry entry, Attempt.StillPending failure) {
    context.note(
        "resource "
            + entry.id()
            + ": its release goes on in the background: "
            + failure.cause().getMessage());
  }
}
