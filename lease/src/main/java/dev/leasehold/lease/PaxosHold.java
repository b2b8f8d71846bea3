// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;

/**
 * A Paxos lease that this host holds: all that must be known to convert or release it. Immutable;
 * whoever wants to go on holding leases after a restart keeps this.
 *
 * @param mode how it is held
 * @param leader the leader record at the end of the acquisition or conversion, naming us and our
 *     generation; for a shared lease as we freed it, or as another host wrote it for us
 * @param dblock our own dblock as last written
 * @param geometry sizes of the lease area
 * @param maxMbal the highest ballot number seen
 */
public record PaxosHold(
    HoldMode mode, LeaderRecord leader, Dblock dblock, Geometry geometry, long maxMbal) {

  /** The version of the lease at its acquisition. */
  public long lver() {
    return leader.lver();
  }
}
