// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.rindex;

import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.PendingRelease;
import dev.leasehold.storage.BlockStore;
import java.util.Optional;

/**
 * An index operation from its start until nothing of it can reach the disk any more. The two late
 * parts are set by the task that runs it and looked at by others.
 */
final class IndexOperation {
  private final Optional<MemberLockspace> member;
  private volatile Optional<BlockStore> store = Optional.empty();
  private volatile Optional<PendingRelease> pending = Optional.empty();
  private volatile boolean answered;

  /** An operation in a joined lockspace, or without one. */
  IndexOperation(Optional<MemberLockspace> member) {
    this.member = member;
  }

  void opened(BlockStore opened) {
    store = Optional.of(opened);
  }

  /** Something of the private lease is still to be given back. */
  void pending(PendingRelease release) {
    pending = Optional.of(release);
  }

  Optional<PendingRelease> pending() {
    return pending;
  }

  Optional<BlockStore> store() {
    return store;
  }

  /** Its caller has its answer; what is left goes on in the background. */
  void answered() {
    answered = true;
  }

  /** Whether it is working in this very membership: one object per join. */
  boolean worksIn(MemberLockspace lockspace) {
    return !answered && concerns(lockspace);
  }

  /** Whether a write of it missed its deadline and may still land. */
  boolean writesInFlight(MemberLockspace lockspace) {
    return concerns(lockspace) && unsettled();
  }

  private boolean concerns(MemberLockspace lockspace) {
    return member.isPresent() && member.get().equals(lockspace);
  }

  boolean unsettled() {
    return store.map(s -> s.unsettledWrites() > 0).orElse(false);
  }

  /** Whether nothing is left to be done after the answer. */
  boolean clean() {
    return !unsettled() && pending.map(PendingRelease::settled).orElse(true);
  }
}
