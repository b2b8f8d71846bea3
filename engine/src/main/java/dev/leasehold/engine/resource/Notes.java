// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.holder.HolderSnapshot;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.PaxosHold;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HolderNote;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import java.util.Optional;

/**
 * Writes the holder's note of a lease, after it was granted and without delaying that. It waits a
 * moment first: at most one write to a lease is in flight, and who gives the lease back at once
 * would wait for a note that nobody reads. A note that could not be written is only missing; one
 * that is out of date is bound to an older version of the lease and not shown
 * (docs/holder-note.md), so none is ever erased.
 */
final class Notes {
  /** How long a lease is held before its note is written. */
  static final Duration MOMENT = Duration.ofMillis(10);

  /** How long a reader gives a note that may be on its way. */
  static final Duration FOLLOWS = MOMENT.multipliedBy(3);

  private final EngineContext context;

  Notes(EngineContext context) {
    this.context = context;
  }

  /** Writes the note in the background, if the lease is still held by then. */
  void refresh(Entry entry) {
    if (context.config.holderNotes() && !context.stopped()) {
      context.ports.tasks().start("note of " + entry.id(), () -> writeSoon(entry));
    }
  }

  private void writeSoon(Entry entry) {
    context.ports.tasks().sleep(MOMENT);
    if (!context.stopped()) {
      write(entry);
    }
  }

  private record Plan(OpenLease open, PaxosHold hold, HolderNote note) {}

  private void write(Entry entry) {
    context.turns.take(entry);
    try {
      Optional<Plan> plan = plan(entry);
      if (plan.isPresent() && !entry.member.dead()) {
        write(entry, plan.get());
      }
    } finally {
      context.turns.give(entry);
    }
  }

  private Optional<Plan> plan(Entry entry) {
    synchronized (context.lock) {
      boolean held = entry.state == LeaseState.HELD && entry.open.isPresent();
      if (!held || entry.hold.isEmpty() || entry.tokens.isEmpty()) {
        return Optional.empty();
      }
      Token token = entry.tokens.getFirst();
      return context
          .holders
          .get(token.holder)
          .map(holder -> note(entry, entry.hold.get(), holder))
          .map(note -> new Plan(entry.open.get(), entry.hold.get(), note));
    }
  }

  private HolderNote note(Entry entry, PaxosHold hold, HolderSnapshot holder) {
    boolean shared = hold.mode() == HoldMode.SHARED;
    return new HolderNote(
        shared,
        holder.label().guest(),
        entry.member.hostId(),
        entry.member.member().generation(),
        shared ? hold.dblock().lver() : hold.lver(),
        Math.max(0, entry.since.getEpochSecond()),
        holder.process().pid(),
        Math.max(0, holder.process().startTicks()),
        holder.label().name(),
        holder.label().guestUuid(),
        context.config.notedHostName(),
        entry.diskPath.orElse(""));
  }

  private static void write(Entry entry, Plan plan) {
    Geometry sizes = plan.hold.geometry();
    long at =
        plan.note.shared() ? sizes.sharedNoteOffset(entry.member.hostId()) : sizes.noteOffset();
    Duration timeout = entry.member.timing().io();
    try {
      plan.open
          .firstArea(sizes)
          .writeSector(
              at,
              sector -> plan.note.encode(sector, 0, sizes.sectorSize()),
              Duration.ZERO,
              timeout,
              entry.member);
    } catch (LeaseException e) {
      // Only words are missing; the storage's troubles are reported by those that matter.
      return;
    }
  }
}
