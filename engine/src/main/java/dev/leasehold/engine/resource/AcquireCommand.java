// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.holder.HolderSnapshot;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One attempt to acquire all leases of a request or none (docs/spec/algorithms.md 5.4). Used once,
 * by one task; the leases themselves are acquired side by side.
 */
final class AcquireCommand {
  private final EngineContext context;
  private final LeaseTaker taker;
  private final Releaser releaser;
  private final Culprits culprits;
  private final HolderSnapshot holder;
  private final AcquireRequest request;
  private final List<MemberLockspace> members;
  private final Waiting wait;
  private final OptionalInt doubtful;

  private final List<Place> places = new ArrayList<>();
  private final List<Optional<Taken>> taken = new ArrayList<>();

  /**
   * An attempt.
   *
   * @param members the lockspace of each lease of the request
   * @param doubtful the lease that was refused in the attempt before: it is tried first, and the
   *     others only if it can be had, so that a long wait for one does not keep taking the others
   */
  AcquireCommand(
      EngineContext context,
      LeaseTaker taker,
      Releaser releaser,
      Culprits culprits,
      HolderSnapshot holder,
      AcquireRequest request,
      List<MemberLockspace> members,
      Waiting wait,
      OptionalInt doubtful) {
    this.context = context;
    this.taker = taker;
    this.releaser = releaser;
    this.culprits = culprits;
    this.holder = holder;
    this.request = request;
    this.members = members;
    this.wait = wait;
    this.doubtful = doubtful;
  }

  /** Makes the attempt. */
  AcquireResult run() {
    boolean granted = false;
    try {
      placeAll();
      takeAll();
      Optional<Refusal> refusal = firstRefusal().or(this::grant);
      if (refusal.isPresent()) {
        return new AcquireResult.Refused(refusal.get());
      }
      AcquireResult result = new AcquireResult.Granted(tokens().stream().map(this::view).toList());
      granted = true;
      return result;
    } finally {
      // However it ends: what nobody was told of must not stay taken.
      if (!granted) {
        undo();
      }
    }
  }

  private HeldLease view(Token token) {
    synchronized (context.lock) {
      return token.view();
    }
  }

  /** The checks without I/O; what comes after a refused resource is not looked at (5.4). */
  private void placeAll() {
    List<Entry> mine = new ArrayList<>();
    for (int i = 0; i < request.leases().size(); i++) {
      Place place =
          context.table.place(
              request.leases().get(i), request.options(), holder, members.get(i), mine);
      places.add(place);
      taken.add(Optional.empty());
      if (place instanceof Place.Fresh fresh) {
        mine.add(fresh.token().entry);
      }
      if (place instanceof Place.Refused) {
        // The others only matter for which refusal comes first: not worth waiting for.
        wait.callOff(Waiting.Reason.OTHER_REFUSED);
        return;
      }
    }
  }

  private void takeAll() {
    boolean useful = true;
    if (doubtful.isPresent() && fresh(doubtful.getAsInt()).isPresent()) {
      int index = doubtful.getAsInt();
      take(index, fresh(index).get());
      useful = taken.get(index).filter(Taken.Held.class::isInstance).isPresent();
    }
    List<Runnable> jobs = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      int index = i;
      Optional<Entry> entry = taken.get(i).isPresent() ? Optional.empty() : fresh(i);
      if (entry.isPresent() && useful) {
        jobs.add(() -> take(index, entry.get()));
      } else if (entry.isPresent()) {
        releaser.settle(context.table.abandon(entry.get()));
      }
    }
    Parallel.run(context.ports.tasks(), "acquire for " + holder.id(), jobs);
  }

  private Optional<Entry> fresh(int index) {
    boolean placed = index < places.size();
    return placed && places.get(index) instanceof Place.Fresh(Token token)
        ? Optional.of(token.entry)
        : Optional.empty();
  }

  private void take(int index, Entry entry) {
    Taken result = taker.take(entry, request.leases().get(index), request.options(), wait);
    if (result instanceof Taken.Failed) {
      wait.callOff(Waiting.Reason.OTHER_REFUSED);
    }
    synchronized (taken) {
      taken.set(index, Optional.of(result));
    }
  }

  /** The first in request order; one that was only called off because of another does not count. */
  private Optional<Refusal> firstRefusal() {
    Optional<Refusal> calledOff = Optional.empty();
    for (int i = 0; i < places.size(); i++) {
      Optional<Refusal> refusal = refusal(i);
      if (refusal.isPresent()) {
        boolean onlyCalledOff =
            taken.get(i).orElse(null) instanceof Taken.Failed failed && failed.calledOff();
        if (!onlyCalledOff) {
          return refusal;
        }
        calledOff = calledOff.or(() -> refusal);
      }
    }
    return calledOff.or(this::unaccounted);
  }

  /** A lease whose acquisition ended without a result is not held, though nobody refused it. */
  private Optional<Refusal> unaccounted() {
    for (int i = 0; i < places.size(); i++) {
      if (fresh(i).isPresent() && taken.get(i).filter(Taken.Held.class::isInstance).isEmpty()) {
        LeaseRequest lease = request.leases().get(i);
        return Optional.of(
            new Refusal(
                ErrorCode.ERROR,
                OptionalInt.of(i),
                Optional.of(lease),
                lease.described() + ": internal error: its acquisition broke off; try again",
                Optional.empty()));
      }
    }
    return Optional.empty();
  }

  private Optional<Refusal> refusal(int index) {
    LeaseRequest lease = request.leases().get(index);
    if (places.get(index) instanceof Place.Refused refused) {
      Optional<Holding> culprit = refused.holder().map(culprits::local);
      String reason = lease.described() + ": " + refused.detail();
      String words = culprit.map(c -> culprits.sentence(lease, c)).orElse(reason);
      return Optional.of(
          new Refusal(
              refused.code(),
              OptionalInt.of(index),
              Optional.of(lease),
              culprit.isPresent() && refused.code() != ErrorCode.EEXIST
                  ? words + "; " + refused.detail()
                  : words,
              culprit));
    }
    if (taken.get(index).orElse(null) instanceof Taken.Failed failed) {
      return Optional.of(refusal(index, failed));
    }
    return Optional.empty();
  }

  private Refusal refusal(int index, Taken.Failed failed) {
    LeaseRequest lease = request.leases().get(index);
    ErrorCode code = failed.why().code();
    String words =
        failed
            .culprit()
            .map(culprit -> culprits.sentence(lease, culprit) + addition(code))
            .orElseGet(() -> lease.described() + ": " + failed.why().detail());
    return new Refusal(code, OptionalInt.of(index), Optional.of(lease), words, failed.culprit());
  }

  private static String addition(ErrorCode code) {
    return code == ErrorCode.ACQUIRE_OWNED_RETRY
        ? "; that host shows no sign of life, but is not yet known to be dead"
        : "";
  }

  /**
   * The tokens become the holder's first, so that recovery sees them; only then it is certain that
   * a lockspace that is still good now was good when they were given (5.4).
   */
  private Optional<Refusal> grant() {
    if (!context.table.grant(holder.id(), tokens())) {
      Waiting.Reason ended = Waiting.Reason.HOLDER_ENDED;
      return Optional.of(
          new Refusal(
              ended.code, OptionalInt.empty(), Optional.empty(), ended.words, Optional.empty()));
    }
    for (int i = 0; i < members.size(); i++) {
      try {
        members.get(i).ensureValid();
      } catch (LeaseException e) {
        LeaseRequest lease = request.leases().get(i);
        return Optional.of(
            new Refusal(
                e.code(),
                OptionalInt.of(i),
                Optional.of(lease),
                lease.described() + ": " + e.detail(),
                Optional.empty()));
      }
    }
    return Optional.empty();
  }

  private List<Token> tokens() {
    return places.stream().flatMap(place -> token(place).stream()).toList();
  }

  private static Optional<Token> token(Place place) {
    return switch (place) {
      case Place.Fresh fresh -> Optional.of(fresh.token());
      case Place.Joined joined -> Optional.of(joined.token());
      case Place.Adopted adopted -> Optional.of(adopted.token());
      case Place.Again again -> Optional.of(again.token());
      case Place.Refused _ -> Optional.empty();
    };
  }

  /** Gives back what this attempt got, and nothing else. */
  private void undo() {
    List<Entry> toRelease = new ArrayList<>();
    for (Place place : places) {
      switch (place) {
        case Place.Fresh(Token token) -> drop(token, toRelease);
        case Place.Joined(Token token) -> drop(token, toRelease);
        case Place.Adopted(Token token) -> context.table.unadopt(token);
        case Place.Again _, Place.Refused _ -> {}
      }
    }
    releaser.nowAll(toRelease);
  }

  private void drop(Token token, List<Entry> toRelease) {
    if (context.table.drop(token, false) == ResourceTable.Fate.TO_RELEASE) {
      toRelease.add(token.entry);
    }
  }

  /** The entries whose note is to be written after success. */
  List<Entry> changed() {
    return places.stream()
        .filter(place -> place instanceof Place.Fresh || place instanceof Place.Adopted)
        .flatMap(place -> token(place).stream())
        .map(token -> token.entry)
        .toList();
  }
}
