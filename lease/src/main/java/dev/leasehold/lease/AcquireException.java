// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import java.util.Optional;

/** A Paxos lease was not acquired, or not converted. */
public final class AcquireException extends LeaseException {
  private static final long serialVersionUID = 1L;

  private final transient Optional<LeaderRecord> leader;
  private final transient Optional<PendingRelease> retract;

  AcquireException(
      ErrorCode code,
      String detail,
      Optional<LeaderRecord> leader,
      Optional<PendingRelease> retract) {
    super(code, detail);
    this.leader = leader;
    this.retract = retract;
  }

  AcquireException(
      LeaseException cause, Optional<LeaderRecord> leader, Optional<PendingRelease> retract) {
    super(cause.code(), cause.detail(), cause);
    this.leader = leader;
    this.retract = retract;
  }

  /**
   * The leader record that stood in the way: with ACQUIRE_IDLIVE, _OWNED, _OTHER, _OWNED_RETRY and
   * _SHRETRY it names who has the lease.
   */
  public Optional<LeaderRecord> leader() {
    return leader;
  }

  /**
   * Present if other hosts might still make us the owner and our attempt to prevent that has not
   * completed (docs/spec/algorithms.md 3.6): go on with {@link PendingRelease#attempt} in the
   * background, at once, then N later, then every 2N, and do not acquire this lease before it is
   * done.
   */
  public Optional<PendingRelease> retract() {
    return retract;
  }
}
