// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.holder.Stopper;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.HolderRequests;
import dev.leasehold.lease.LeaseDisk;
import dev.leasehold.lease.PaxosHold;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.RequestRecord;
import dev.leasehold.storage.BlockStore;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Requests: asking the holder of a lease to give it up, and being asked (docs/spec/algorithms.md
 * 3.9). Thread-safe.
 */
final class HolderAsks {
  private final EngineContext context;
  private final LeaseOpener opener;
  private final Stopper stopper;

  HolderAsks(EngineContext context, LeaseOpener opener, Stopper stopper) {
    this.context = context;
    this.opener = opener;
    this.stopper = stopper;
  }

  /** Writes a request, and sees to it that the owner looks at it. */
  void request(ResourceLocation where, OptionalLong lver, ForceMode mode) throws LeaseException {
    LeaseOpener.checkDisks(where);
    MemberLockspace member = context.directory.usable(where.id().lockspace());
    DiskLocation disk = where.disks().getFirst();
    try (BlockStore store = opener.openDisk(disk, true, member.timing().io())) {
      HolderRequests requests =
          new HolderRequests(
              where.id().resource(),
              new LeaseDisk(store, disk.offset()),
              member.geometry(),
              member.environment());
      HolderRequests.Outcome outcome =
          requests.request(lver.orElse(0), lver.isEmpty(), mode.number());
      if (outcome instanceof HolderRequests.Outcome.Written written) {
        member.notifyHost(written.ownerId());
        // Our own notification bit is never looked at: a holder here is asked directly.
        context.table.find(where.id()).ifPresent(this::examine);
      }
    }
  }

  /** Looks in the background whether somebody asks for this lease. */
  void examine(Entry entry) {
    if (!context.stopped()) {
      context.ports.tasks().start("examine " + entry.id(), () -> examineNow(entry));
    }
  }

  private record Holder(OpenLease open, PaxosHold hold, Token token) {}

  private void examineNow(Entry entry) {
    context.turns.take(entry);
    Optional<Holder> holder = Optional.empty();
    Optional<RequestRecord> request = Optional.empty();
    try {
      holder = holder(entry);
      if (holder.isPresent()) {
        request = look(entry, holder.get());
      }
    } finally {
      context.turns.give(entry);
    }
    if (holder.isPresent() && request.isPresent()) {
      act(entry, holder.get().token, request.get());
    }
  }

  /** Only an exclusive holder can be asked: a lease held shared looks free to those who ask. */
  private Optional<Holder> holder(Entry entry) {
    synchronized (context.lock) {
      boolean held = entry.state == LeaseState.HELD && entry.mode == HoldMode.EXCLUSIVE;
      if (!held || entry.open.isEmpty() || entry.hold.isEmpty() || entry.tokens.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(new Holder(entry.open.get(), entry.hold.get(), entry.tokens.getFirst()));
    }
  }

  private Optional<RequestRecord> look(Entry entry, Holder holder) {
    try {
      HolderRequests requests =
          new HolderRequests(
              entry.id().resource(),
              holder.open.disks().getFirst(),
              holder.hold.geometry(),
              entry.member.environment());
      return requests.examine(holder.hold.lver());
    } catch (LeaseException e) {
      context.note("resource " + entry.id() + ": its request record: " + e.getMessage());
      return Optional.empty();
    }
  }

  private void act(Entry entry, Token token, RequestRecord request) {
    boolean force = request.forceMode() == RequestRecord.FORCE;
    if (!force && request.forceMode() != RequestRecord.GRACEFUL) {
      return;
    }
    context.note(
        "resource "
            + entry.id()
            + ": another host asks for it; process "
            + token.pid
            + " is "
            + (force ? "killed" : "told to stop"));
    stopper.requested(token.holder, force, token.killPath, token.restrictions);
  }
}
