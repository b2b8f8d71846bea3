// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.LeaderRecord;
import java.util.List;

/**
 * What the lease says about its owners, without looking whether they are alive
 * (docs/spec/algorithms.md 3.12).
 *
 * @param leader the leader record
 * @param owners the exclusive owner, if any, then the shared ones by host id
 */
public record ResourceOwners(LeaderRecord leader, List<Owner> owners) {
  /** Copies the list. */
  public ResourceOwners {
    owners = List.copyOf(owners);
  }

  /**
   * One owner.
   *
   * @param timestamp CLOCK_MONOTONIC seconds of the owner's host at the acquisition; 0 if shared
   */
  public record Owner(long hostId, long generation, long timestamp, HoldMode mode) {}
}
