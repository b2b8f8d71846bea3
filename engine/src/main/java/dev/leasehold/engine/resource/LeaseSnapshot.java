// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.Member;
import dev.leasehold.lease.PaxosHold;
import java.util.List;
import java.util.Optional;

/**
 * One resource of this engine as it was at one moment, for status and for resuming.
 *
 * @param member who we are in its lockspace
 * @param hold what is needed to go on holding it; empty before it is acquired
 * @param diskPath the disk that it protects, if it is for one
 * @param holders who holds it, or is acquiring it, in the order of their acquisition
 */
public record LeaseSnapshot(
    ResourceLocation where,
    LeaseState state,
    HoldMode mode,
    Member member,
    Optional<PaxosHold> hold,
    Optional<String> diskPath,
    List<Share> holders) {

  /** Copies the list. */
  public LeaseSnapshot {
    holders = List.copyOf(holders);
  }

  /** Version of the lease, 0 before it is acquired. */
  public long lver() {
    return hold.map(PaxosHold::lver).orElse(0L);
  }

  /**
   * One holder's part in a lease.
   *
   * @param slot the holder's slot, -1 before the lease is granted
   * @param persistent becomes an orphan when the holder ends
   */
  public record Share(HolderId holder, int pid, int slot, boolean persistent) {}
}
