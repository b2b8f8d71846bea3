// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.virtlockd;

import dev.leasehold.libvirt.disklease.Asks;
import dev.leasehold.libvirt.disklease.DiskLeases;
import dev.leasehold.libvirt.disklease.Guest;
import dev.leasehold.libvirt.disklease.LeaseFailure;
import dev.leasehold.libvirt.disklease.Log;
import dev.leasehold.libvirt.disklease.Wanted;
import dev.leasehold.libvirt.rpc.LockCall;
import dev.leasehold.libvirt.rpc.RpcError;
import java.util.Optional;

/**
 * What each procedure does (docs/spec/libvirt-lockd.md 6), and where that differs from virtlockd
 * (its section 10; docs/libvirt.md). Thread-safe.
 */
final class Procedures {
  private static final int EIO = 5;
  private static final Optional<RpcError> SUCCESS = Optional.empty();

  private final DiskLeases leases;
  private final Lockspaces lockspaces;
  private final Log log;

  Procedures(DiskLeases leases, Lockspaces lockspaces, Log log) {
    this.leases = leases;
    this.lockspaces = lockspaces;
    this.log = log;
  }

  /**
   * Carries out a call; the checks come in the original's order.
   *
   * @return empty for success
   */
  Optional<RpcError> carryOut(Session session, LockCall call) {
    int unknown = call.flags() & ~call.knownFlags();
    if (unknown != 0) {
      return Optional.of(RpcError.unsupportedFlags(unknown, call.procedure()));
    }
    if (session.restricted()) {
      return Optional.of(RpcError.denied("lock manager connection has been restricted"));
    }
    return switch (call) {
      case LockCall.Register register -> register(session, register);
      case LockCall.CreateLockspace create -> lockspaces.provide(create.path());
      case LockCall.Restrict _ -> registered(session, guest -> restrict(session, guest));
      case LockCall.NewLockspace made -> registered(session, _ -> lockspaces.make(made.path()));
      case LockCall.CreateResource made ->
          registered(session, _ -> unheld(made.path(), made.name()));
      case LockCall.DeleteResource gone ->
          registered(session, _ -> unheld(gone.path(), gone.name()));
      case LockCall.AcquireResource acquire ->
          registered(session, guest -> acquire(guest, acquire, session.asks()));
      case LockCall.ReleaseResource release ->
          registered(
              session,
              guest -> {
                session.givesUp();
                return release(guest, release);
              });
    };
  }

  @FunctionalInterface
  private interface GuestsCall {
    Optional<RpcError> carryOut(Guest guest);
  }

  private static Optional<RpcError> registered(Session session, GuestsCall call) {
    return session.guest().isPresent()
        ? call.carryOut(session.guest().get())
        : Optional.of(notRegistered());
  }

  private static RpcError notRegistered() {
    return RpcError.invalid("lock owner details have not been registered");
  }

  private static Optional<RpcError> register(Session session, LockCall.Register register) {
    if (register.id() == 0) {
      return Optional.of(notRegistered());
    }
    session.register(new Guest(register.uuid(), register.name(), register.pid()));
    return SUCCESS;
  }

  /** Only a guest's lifeline is restricted: its process is watched from here on. */
  private Optional<RpcError> restrict(Session session, Guest guest) {
    session.restrict();
    try {
      leases.register(guest);
    } catch (LeaseFailure e) {
      // A guest without writable disks needs no lease; one with some is refused at its acquire.
      log.warn(guest + ": " + e.words());
    }
    return SUCCESS;
  }

  private Optional<RpcError> acquire(Guest guest, LockCall.AcquireResource call, Asks asks) {
    try {
      leases.acquire(guest, lockspaces.wanted(call), asks);
      return SUCCESS;
    } catch (LeaseFailure e) {
      return Optional.of(
          switch (e.kind()) {
            case BUSY -> RpcError.busy(e.words());
            // Without a prefix: it is no internal error, and the words say it all.
            case UNAVAILABLE -> RpcError.system(e.words(), EIO);
          });
    }
  }

  /**
   * A lease that nobody has is released with success: libvirt releases twice at every suspend, and
   * stops at the first error.
   */
  private Optional<RpcError> release(Guest guest, LockCall.ReleaseResource call) {
    Wanted.Key key = lockspaces.key(call.path(), call.name());
    if (leases.release(guest, key)) {
      return SUCCESS;
    }
    Optional<Guest> other = leases.ownerOf(key);
    return other.isPresent() && other.get().pid() != guest.pid()
        ? Optional.of(
            RpcError.lockInternal("owner " + guest.pid() + " does not hold the resource lock"))
        : SUCCESS;
  }

  /** Leases are made when they are acquired and removed by the cleanup: nothing is to be done. */
  private Optional<RpcError> unheld(String path, String name) {
    return leases.ownerOf(lockspaces.key(path, name)).isPresent()
        ? Optional.of(RpcError.busy("Lockspace resource '" + name + "' is locked"))
        : SUCCESS;
  }
}
