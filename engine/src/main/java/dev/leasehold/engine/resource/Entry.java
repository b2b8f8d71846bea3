// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.BornHeld;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.PaxosHold;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One resource that this engine holds, is acquiring or is giving up. It stays in the table until no
 * write of ours to its lease can land any more. All fields are guarded by the table's lock; what
 * {@link #open} leads to is used only by whoever has the entry's turn ({@link Turns}), or by the
 * command that is acquiring it.
 */
final class Entry {
  final ResourceLocation where;
  final MemberLockspace member;
  final Optional<String> diskPath;
  final List<Token> tokens = new ArrayList<>();

  LeaseState state = LeaseState.ACQUIRING;
  HoldMode mode;
  Optional<OpenLease> open = Optional.empty();
  Optional<PaxosHold> hold = Optional.empty();
  Optional<Lvb> lvb = Optional.empty();
  Instant since = Instant.EPOCH;

  /** A new lease file whose publication may still take effect. */
  Optional<BornHeld> latePublication = Optional.empty();

  /** A conversion left the disk between two modes: nothing but a release puts it right. */
  boolean faulty;

  /** The undoing of a failed conversion is still under way. */
  boolean retracting;

  /** Somebody works on the disk. */
  boolean turnTaken;

  Entry(LeaseRequest request, MemberLockspace member) {
    this.where = request.where();
    this.member = member;
    this.diskPath = request.diskPath();
    this.mode = request.mode();
  }

  ResourceId id() {
    return where.id();
  }

  long lver() {
    return hold.map(PaxosHold::lver).orElse(0L);
  }

  LeaseSnapshot snapshot() {
    return new LeaseSnapshot(
        where,
        state,
        mode,
        member.member(),
        hold,
        diskPath,
        tokens.stream()
            .map(t -> new LeaseSnapshot.Share(t.holder, t.pid, t.slot, t.persistent))
            .toList());
  }

  /** The value in memory; it is written when an exclusive lease is released or made shared. */
  static final class Lvb {
    final byte[] value;
    boolean changed;

    Lvb(byte[] value) {
      this.value = value;
    }
  }
}
