// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.AcquireException;
import dev.leasehold.lease.AcquireTerms;
import dev.leasehold.lease.Clock;
import dev.leasehold.lease.PaxosHold;
import dev.leasehold.lease.PendingRelease;
import dev.leasehold.lease.ReleaseTerms;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Acquires one lease on the disk (docs/spec/algorithms.md 3.7), from opening or making its file to
 * the check that the file's name still leads to what was acquired. Thread-safe; each entry is
 * acquired by one command.
 */
final class LeaseTaker {
  private static final Duration LONGEST_CREATION = Duration.ofSeconds(5);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

  private final EngineContext context;
  private final FirstLease first;
  private final UnusableFile unusable = new UnusableFile();
  private final Refusals refusals;
  private final Releaser releaser;
  private final LateFiles lateFiles;
  private final Storage storage;
  private final Clock clock;

  LeaseTaker(EngineContext context, FirstLease first, Culprits culprits, Releaser releaser) {
    this.context = context;
    this.first = first;
    this.refusals = new Refusals(context, culprits);
    this.releaser = releaser;
    this.lateFiles = new LateFiles(context, first, releaser);
    this.storage = context.ports.storage();
    this.clock = context.ports.clock();
  }

  /** Acquires; on failure the entry has been given up when this returns. */
  Taken take(Entry entry, LeaseRequest request, AcquireOptions options, Waiting wait) {
    try {
      takeUntilSettled(entry, request, options, wait);
      return new Taken.Held();
    } catch (AcquireException e) {
      return refused(entry, e, options, wait);
    } catch (LeaseException e) {
      giveUp(entry, Optional.empty());
      return new Taken.Failed(e, Optional.empty(), false);
    } catch (RuntimeException | Error e) {
      // A fault of our own must not leave the resource in limbo.
      giveUp(entry, Optional.empty());
      String words = "internal error while acquiring resource " + entry.id() + ": " + e;
      context.note(words);
      return new Taken.Failed(
          new LeaseException(ErrorCode.ERROR, words, e), Optional.empty(), false);
    }
  }

  /** A fault while the words are looked for costs the words, never the refusal. */
  private Taken.Failed refused(
      Entry entry, AcquireException e, AcquireOptions options, Waiting wait) {
    try {
      return refusals.refused(entry, e, options.explained(), wait);
    } catch (RuntimeException | Error fault) {
      context.note("who holds resource " + entry.id() + " cannot be told: " + fault);
      return new Taken.Failed(e, Optional.empty(), false);
    } finally {
      giveUp(entry, e.retract());
    }
  }

  private void takeUntilSettled(
      Entry entry, LeaseRequest request, AcquireOptions options, Waiting wait)
      throws LeaseException {
    long end = clock.bootNanos() + creationWindow(entry.member).toNanos();
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        takeOnce(entry, request, options, wait);
        return;
      } catch (StartAfresh again) {
        if (clock.bootNanos() >= end || !wait.sleep(pause)) {
          throw again.reason();
        }
        pause = pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
      }
    }
  }

  /** How long another host may need to make or to remove a lease file. */
  private static Duration creationWindow(MemberLockspace member) {
    Duration io = member.timing().io();
    return io.compareTo(LONGEST_CREATION) < 0 ? io : LONGEST_CREATION;
  }

  private void takeOnce(Entry entry, LeaseRequest request, AcquireOptions options, Waiting wait)
      throws LeaseException, StartAfresh {
    FirstLease.Opened opened = first.open(entry, request, wait);
    set(entry, opened.open(), Optional.empty());
    if (opened.born().isPresent()) {
      set(entry, opened.open(), opened.born());
    } else {
      OwnerNews news = new OwnerNews(context, request, options.progress(), wait);
      PaxosHold hold = acquire(entry, opened.open(), request, options, news);
      set(entry, opened.open(), Optional.of(hold));
      checkName(entry, opened.open());
      news.tellTakeOver();
    }
    if (options.lvb()) {
      readLvb(entry, opened.open());
    }
  }

  private void set(Entry entry, OpenLease open, Optional<PaxosHold> hold) {
    Instant now = clock.wallTime();
    synchronized (context.lock) {
      entry.open = Optional.of(open);
      entry.hold = hold;
      entry.since = now;
    }
  }

  private PaxosHold acquire(
      Entry entry, OpenLease open, LeaseRequest request, AcquireOptions options, OwnerNews news)
      throws LeaseException, StartAfresh {
    try {
      return open.lease().acquire(terms(entry, request, options), news.wait, news);
    } catch (AcquireException e) {
      if (e.retract().isPresent() || open.unsettled() || entry.where.disks().size() > 1) {
        throw e;
      }
      LeaseException explained = unusable.explain(entry, open, e, request.create().isPresent());
      boolean changing = unusable.mayChange(explained) && request.create().isPresent();
      if (changing || isStale(e)) {
        close(entry, open);
        throw new StartAfresh(explained);
      }
      throw explained == e ? e : explained;
    }
  }

  /** The open file was removed, says its server. */
  private static boolean isStale(LeaseException e) {
    return e.code() == ErrorCode.ESTALE
        || (e.getCause() instanceof LeaseException cause && isStale(cause));
  }

  private AcquireTerms terms(Entry entry, LeaseRequest request, AcquireOptions options) {
    AcquireTerms terms =
        AcquireTerms.of(request.mode())
            .wantingLver(request.wantLver().orElse(0))
            .settingNumHosts(request.numHosts().orElse(0))
            .withSharedRetries(context.config.sharedRetries())
            .expectingNumHosts(request.create().isPresent() ? CreatePolicy.SMALL : 0);
    terms = options.lvb() ? terms.withLvb() : terms;
    // Who does not wait has many leases to try, like a cleanup: small reads count there.
    terms = options.ownerNowait() ? terms.withoutWaiting().countingHosts() : terms;
    return context.memory.take(entry.id()).map(terms::remembering).orElse(terms);
  }

  /**
   * The file may have been removed, and made anew, between its opening and its acquisition: then
   * what we hold is nothing.
   */
  private void checkName(Entry entry, OpenLease open) throws LeaseException, StartAfresh {
    if (namesLeadHere(entry, open)) {
      return;
    }
    PendingRelease release = open.lease().release(ReleaseTerms.PLAIN);
    set(entry, open, Optional.empty());
    release.attempt();
    if (open.unsettled()) {
      throw new LeaseException(
          ErrorCode.AIO_TIMEOUT,
          first(entry)
              + " was removed by another host, and our last write to it is still in flight");
    }
    close(entry, open);
    throw new StartAfresh(
        new LeaseException(
            ErrorCode.EAGAIN, first(entry) + " is removed and made anew again and again"));
  }

  private boolean namesLeadHere(Entry entry, OpenLease open) throws LeaseException {
    Duration timeout = entry.member.timing().io();
    try {
      for (int i = 0; i < open.disks().size(); i++) {
        var store = open.disks().get(i).store();
        boolean checkable = !(store instanceof AbsentStore);
        if (checkable && !storage.leadsTo(entry.where.disks().get(i).path(), store, timeout)) {
          return false;
        }
      }
      return true;
    } catch (StorageException e) {
      LeaseException fault = e.toLeaseException();
      if (isStale(fault)) {
        return false;
      }
      throw fault;
    }
  }

  private static String first(Entry entry) {
    return entry.where.disks().getFirst().path();
  }

  private void close(Entry entry, OpenLease open) {
    synchronized (context.lock) {
      entry.open = Optional.empty();
      entry.hold = Optional.empty();
    }
    open.close();
  }

  /** Errors are only told (docs/spec/algorithms.md 3.7): the value is then zero. */
  private void readLvb(Entry entry, OpenLease open) throws LeaseException {
    byte[] value;
    try {
      value = open.lease().readLvb();
    } catch (LeaseException e) {
      if (e.code() == ErrorCode.EINVAL) {
        throw e;
      }
      context.note(
          "resource " + entry.id() + ": its lock value block is taken as zero: " + e.getMessage());
      value = new byte[sectorSize(entry)];
    }
    synchronized (context.lock) {
      entry.lvb = Optional.of(new Entry.Lvb(value));
    }
  }

  private int sectorSize(Entry entry) {
    synchronized (context.lock) {
      return entry
          .hold
          .map(hold -> hold.geometry().sectorSize())
          .orElse(entry.member.geometry().sectorSize());
    }
  }

  /** The entry is nobody's any more; what may still happen on the disk is dealt with. */
  private void giveUp(Entry entry, Optional<PendingRelease> retract) {
    boolean held;
    boolean late;
    synchronized (context.lock) {
      held = entry.hold.isPresent();
      late = entry.latePublication.isPresent();
    }
    context.table.abandon(entry);
    if (retract.isPresent()) {
      releaser.retract(entry, retract.get());
    } else if (held) {
      releaser.now(entry, Optional.empty());
    } else if (late) {
      lateFiles.watch(entry);
    } else {
      releaser.settle(entry);
    }
  }
}
