// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderSnapshot;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.Clock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The acquire command around its attempts: arguments, patience, notes. Thread-safe. */
final class Acquirer {
  private final EngineContext context;
  private final LeaseTaker taker;
  private final Releaser releaser;
  private final Culprits culprits;
  private final Notes notes;
  private final Clock clock;

  Acquirer(
      EngineContext context, LeaseTaker taker, Releaser releaser, Culprits culprits, Notes notes) {
    this.context = context;
    this.taker = taker;
    this.releaser = releaser;
    this.culprits = culprits;
    this.notes = notes;
    this.clock = context.ports.clock();
  }

  /** Acquires for a holder whose command this is. */
  AcquireResult acquire(HolderId id, AcquireRequest request) {
    Optional<HolderSnapshot> holder = context.holders.get(id);
    if (holder.isEmpty()) {
      return refused(new LeaseException(ErrorCode.ESRCH, id + " is not registered"));
    }
    OptionalLong deadline =
        request
            .options()
            .patience()
            .map(limit -> OptionalLong.of(clock.bootNanos() + limit.toNanos()))
            .orElse(OptionalLong.empty());
    OptionalInt doubtful = OptionalInt.empty();
    while (true) {
      AcquireResult result = attempt(holder.get(), request, deadline, doubtful);
      if (!(result instanceof AcquireResult.Refused refused)
          || !patient(id, refused.refusal(), request, deadline)) {
        return result;
      }
      doubtful = refused.refusal().index();
    }
  }

  private AcquireResult attempt(
      HolderSnapshot holder, AcquireRequest request, OptionalLong deadline, OptionalInt doubtful) {
    List<MemberLockspace> members = new ArrayList<>();
    for (LeaseRequest lease : request.leases()) {
      try {
        checkArguments(lease);
        members.add(context.directory.usable(lease.where().id().lockspace()));
      } catch (LeaseException e) {
        return refused(lease, members.size(), e);
      }
    }
    Waiting wait = new Waiting(clock, context.ports.tasks(), holder.id(), members, deadline);
    context.enter(wait);
    try {
      AcquireCommand command =
          new AcquireCommand(
              context, taker, releaser, culprits, holder, request, members, wait, doubtful);
      AcquireResult result = command.run();
      if (result instanceof AcquireResult.Granted) {
        request.options().label().ifPresent(l -> context.holders.relabel(holder.id(), l));
        command.changed().forEach(notes::refresh);
      }
      return result;
    } finally {
      context.leave(wait);
    }
  }

  private static void checkArguments(LeaseRequest lease) throws LeaseException {
    LeaseOpener.checkDisks(lease.where());
    boolean simple =
        lease.where().disks().size() == 1 && lease.where().disks().getFirst().offset() == 0;
    if (lease.create().isPresent() && !simple) {
      throw new LeaseException(
          ErrorCode.EINVAL,
          "resource "
              + lease.where().id()
              + ": only a lease that is a file of its own can be made");
    }
  }

  private static AcquireResult refused(LeaseException e) {
    return new AcquireResult.Refused(
        new Refusal(e.code(), OptionalInt.empty(), Optional.empty(), e.detail(), Optional.empty()));
  }

  private static AcquireResult refused(LeaseRequest lease, int index, LeaseException e) {
    return new AcquireResult.Refused(
        new Refusal(
            e.code(),
            OptionalInt.of(index),
            Optional.of(lease),
            lease.described() + ": " + e.detail(),
            Optional.empty()));
  }

  /** Whether to try again; waits a little if so. */
  private boolean patient(
      HolderId holder, Refusal refusal, AcquireRequest request, OptionalLong deadline) {
    if (deadline.isEmpty()
        || !refusal.code().isInUse()
        || clock.bootNanos() >= deadline.getAsLong()) {
      return false;
    }
    request.options().progress().waitingForHolder(refusal, deadline.getAsLong());
    Waiting wait = new Waiting(clock, context.ports.tasks(), holder, List.of(), deadline);
    context.enter(wait);
    try {
      return context.holders.living(holder) && wait.sleep(pollPause());
    } finally {
      context.leave(wait);
    }
  }

  /** About a second, not the same for all who wait for one lease. */
  private Duration pollPause() {
    return Duration.ofMillis(500 + context.ports.random().nextInt(1000));
  }
}
