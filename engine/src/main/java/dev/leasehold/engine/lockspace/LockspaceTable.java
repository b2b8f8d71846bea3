// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.LockspaceState;
import dev.leasehold.engine.LossReason;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.spi.EngineEvents;
import dev.leasehold.engine.spi.LockspaceDirectory;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The three lists of lockspaces and the checks of docs/spec/algorithms.md 4.2. Thread-safe; no lock
 * is held when a signal is raised.
 */
public final class LockspaceTable implements LockspaceDirectory {

  private final Services services;
  private final Tasks.Signal changed;
  // The most recent first.
  private final List<Lockspace> joined = new ArrayList<>();
  private final List<Lockspace> removing = new ArrayList<>();
  private final List<Lockspace> adding = new ArrayList<>();
  private boolean closed;

  /** An empty table. */
  public LockspaceTable(EnginePorts ports, EngineConfig config, EngineEvents events) {
    this.services = new Services(ports, config, events);
    this.changed = ports.tasks().newSignal();
  }

  Services services() {
    return services;
  }

  /** Raised when a lockspace enters or leaves a list. */
  Tasks.Signal changed() {
    return changed;
  }

  /**
   * Puts a lockspace on the adding list.
   *
   * @throws LeaseException EINVAL, EEXIST, EINPROGRESS, EAGAIN as 4.2 has them; EPERM after the end
   */
  Lockspace add(LockspaceSpec spec, JoinOptions options) throws LeaseException {
    checkArguments(spec);
    Lockspace lockspace = new Lockspace(spec, options, services);
    synchronized (this) {
      if (closed) {
        throw new LeaseException(ErrorCode.EPERM, "the engine is being shut down");
      }
      checkIdentical(spec);
      checkNameAndPlace(spec);
      adding.addFirst(lockspace);
    }
    changed.raise();
    return lockspace;
  }

  private static void checkArguments(LockspaceSpec spec) throws LeaseException {
    if (spec.name().isEmpty() || spec.hostId() == 0 || spec.path().isEmpty()) {
      throw new LeaseException(
          ErrorCode.EINVAL, "a lockspace needs a name, a host id and a path: " + spec);
    }
    if (spec.offset() < 0) {
      throw new LeaseException(ErrorCode.EINVAL, "the offset of " + spec + " is negative");
    }
  }

  private void checkIdentical(LockspaceSpec spec) throws LeaseException {
    Optional<Lockspace> same = all().filter(other -> other.spec().matches(spec)).findFirst();
    if (same.isPresent()) {
      throw switch (same.get().state()) {
        case JOINED -> new LeaseException(ErrorCode.EEXIST, spec + " is joined already");
        case ADDING -> new LeaseException(ErrorCode.EINPROGRESS, spec + " is being joined");
        case REMOVING -> new LeaseException(ErrorCode.EAGAIN, spec + " is being left");
      };
    }
  }

  private void checkNameAndPlace(LockspaceSpec spec) throws LeaseException {
    for (Lockspace other : all().toList()) {
      LockspaceSpec taken = other.spec();
      boolean samePlace = samePlace(taken, spec);
      if (taken.name().sameName(spec.name()) || samePlace) {
        throw new LeaseException(
            ErrorCode.EINVAL,
            "%s cannot be joined: %s is taken by %s"
                .formatted(spec, samePlace ? "its place" : "its name", taken));
      }
    }
  }

  private Stream<Lockspace> all() {
    return Stream.of(joined, removing, adding).flatMap(List::stream);
  }

  /** Joined, then removing, then adding, the most recent first in each. */
  synchronized List<Lockspace> list() {
    return all().toList();
  }

  /** The lockspace that was asked for, in whatever state. */
  synchronized Optional<Lockspace> find(LockspaceSpec wanted) {
    return all().filter(lockspace -> lockspace.spec().matches(wanted)).findFirst();
  }

  /** Whether a lockspace of this engine is at that place, in whatever state. */
  synchronized boolean isInUse(LockspaceSpec place) {
    return all().anyMatch(lockspace -> samePlace(lockspace.spec(), place));
  }

  private static boolean samePlace(LockspaceSpec one, LockspaceSpec other) {
    return one.path().equals(other.path()) && one.offset() == other.offset();
  }

  /** The lockspace of that name, in whatever state. */
  synchronized Optional<Lockspace> find(Name name) {
    return all().filter(lockspace -> lockspace.spec().name().sameName(name)).findFirst();
  }

  /** The joined lockspace of that name. */
  Optional<Lockspace> findJoined(Name name) {
    return find(name).filter(lockspace -> lockspace.state() == LockspaceState.JOINED);
  }

  /** From adding to joined; false if somebody asked to leave it meanwhile. */
  boolean toJoined(Lockspace lockspace, Membership membership) {
    synchronized (this) {
      if (!lockspace.becomeJoined(membership)) {
        return false;
      }
      adding.remove(lockspace);
      joined.addFirst(lockspace);
    }
    raise(lockspace);
    return true;
  }

  /** From joined to removing: nobody uses it any more. */
  void toRemoving(Lockspace lockspace) {
    synchronized (this) {
      lockspace.becomeRemoving();
      joined.remove(lockspace);
      removing.addFirst(lockspace);
    }
    raise(lockspace);
  }

  /** It is left or failed to be joined, but a write to our record may still land. */
  void toSettling(Lockspace lockspace, Optional<LeaseException> joinFailure) {
    synchronized (this) {
      lockspace.becomeSettling(joinFailure);
      joined.remove(lockspace);
      adding.remove(lockspace);
      removing.remove(lockspace);
      removing.addFirst(lockspace);
    }
    raise(lockspace);
  }

  /** Nothing of it is left. */
  void toEnded(Lockspace lockspace, Optional<LeaseException> joinFailure) {
    synchronized (this) {
      lockspace.becomeEnded(joinFailure);
      joined.remove(lockspace);
      removing.remove(lockspace);
      adding.remove(lockspace);
    }
    raise(lockspace);
  }

  private void raise(Lockspace lockspace) {
    lockspace.changed().raise();
    changed.raise();
  }

  /** Accepts no lockspace any more, if there is none now. */
  synchronized boolean closeIfEmpty() {
    closed |= all().findAny().isEmpty();
    return closed;
  }

  /** Accepts no lockspace any more, and asks to leave all there are. */
  void close(LossReason reason) {
    List<Lockspace> leaving;
    synchronized (this) {
      closed = true;
      leaving = list();
    }
    leaving.forEach(lockspace -> lockspace.leave(reason));
  }

  @Override
  public Optional<MemberLockspace> joined(Name name) {
    return findJoined(name).flatMap(Lockspace::membership).map(MemberLockspace.class::cast);
  }

  @Override
  public List<MemberLockspace> joined() {
    List<Lockspace> now;
    synchronized (this) {
      now = List.copyOf(joined);
    }
    return now.stream()
        .flatMap(lockspace -> lockspace.membership().stream())
        .map(MemberLockspace.class::cast)
        .toList();
  }

  @Override
  public MemberLockspace usable(Name name) throws LeaseException {
    Optional<MemberLockspace> member = joined(name);
    if (member.isEmpty()) {
      throw new LeaseException(ErrorCode.ENOSPC, "lockspace " + name + " is not joined");
    }
    member.get().ensureValid();
    return member.get();
  }
}
