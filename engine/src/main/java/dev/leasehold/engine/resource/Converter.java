// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.lease.AcquireException;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.OwnerWait;
import dev.leasehold.lease.PaxosHold;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Conversions (docs/spec/algorithms.md 3.8). Thread-safe. */
final class Converter {
  private final EngineContext context;
  private final Releaser releaser;
  private final Notes notes;

  Converter(EngineContext context, Releaser releaser, Notes notes) {
    this.context = context;
    this.releaser = releaser;
    this.notes = notes;
  }

  /** Converts for a holder whose command this is. */
  HeldLease convert(HolderId holder, ResourceId resource, HoldMode mode, boolean ownerNowait)
      throws LeaseException {
    Token token =
        context.table.tokensOf(holder).stream()
            .filter(t -> t.entry.id().equals(resource))
            .findFirst()
            .orElseThrow(
                () ->
                    new LeaseException(
                        ErrorCode.ENOENT, "resource " + resource + " is not held by " + holder));
    Entry entry = token.entry;
    begin(entry, mode);
    try {
      entry.member.ensureValid();
      convertOnDisk(holder, entry, mode, ownerNowait);
    } finally {
      end(entry);
    }
    notes.refresh(entry);
    entry.member.ensureValid();
    synchronized (context.lock) {
      return token.view();
    }
  }

  private void begin(Entry entry, HoldMode mode) throws LeaseException {
    synchronized (context.lock) {
      String name = "resource " + entry.id();
      if (entry.mode == mode) {
        throw new LeaseException(ErrorCode.EALREADY, name + " is held in that mode already");
      }
      if (entry.state != LeaseState.HELD || entry.faulty || entry.retracting) {
        throw new LeaseException(ErrorCode.EAGAIN, name + ": another conversion is under way");
      }
      // Unlike sanlock, which forgets the sharers on its own host (section 8, item 4).
      if (mode == HoldMode.EXCLUSIVE && entry.tokens.size() > 1) {
        throw new LeaseException(ErrorCode.EAGAIN, name + " is shared by others on this host");
      }
      entry.state = LeaseState.CONVERTING;
    }
  }

  private void end(Entry entry) {
    synchronized (context.lock) {
      if (entry.state == LeaseState.CONVERTING) {
        entry.state = LeaseState.HELD;
      }
    }
  }

  private void convertOnDisk(HolderId holder, Entry entry, HoldMode mode, boolean ownerNowait)
      throws LeaseException {
    Waiting wait =
        new Waiting(
            context.ports.clock(),
            context.ports.tasks(),
            holder,
            List.of(entry.member),
            OptionalLong.empty());
    context.enter(wait);
    context.turns.take(entry);
    try {
      converted(entry, convert(entry, mode, ownerNowait, wait));
    } catch (AcquireException e) {
      failed(entry, mode, e);
      throw e;
    } finally {
      context.turns.give(entry);
      context.leave(wait);
    }
  }

  private PaxosHold convert(Entry entry, HoldMode mode, boolean ownerNowait, Waiting wait)
      throws AcquireException {
    OpenLease open;
    Optional<byte[]> lvb;
    synchronized (context.lock) {
      open = entry.open.orElseThrow();
      lvb = entry.lvb.filter(value -> value.changed).map(value -> value.value.clone());
    }
    return switch (mode) {
      case EXCLUSIVE ->
          open.lease().convertToExclusive(ownerNowait, wait, OwnerWait.Listener.SILENT);
      case SHARED -> open.lease().convertToShared(lvb, wait);
    };
  }

  private void converted(Entry entry, PaxosHold hold) {
    Instant now = context.ports.clock().wallTime();
    synchronized (context.lock) {
      entry.hold = Optional.of(hold);
      entry.mode = hold.mode();
      entry.since = now;
      if (hold.mode() == HoldMode.SHARED) {
        entry.lvb.ifPresent(value -> value.changed = false);
      }
    }
  }

  /**
   * Shared stays shared. What was exclusive may be shared by others by now, and must not be relied
   * on for more; nor may anybody here join it.
   */
  private void failed(Entry entry, HoldMode wanted, AcquireException e) {
    synchronized (context.lock) {
      entry.hold = entry.open.flatMap(open -> open.lease().hold()).or(() -> entry.hold);
      if (wanted == HoldMode.SHARED) {
        entry.mode = HoldMode.SHARED;
        entry.faulty = true;
      }
    }
    e.retract().ifPresent(pending -> releaser.retractConversion(entry, pending));
  }
}
