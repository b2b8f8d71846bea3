// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.holder.HolderSnapshot;
import java.util.List;

/**
 * Every holder and every resource at one moment, consistent with each other.
 *
 * @param holders by id
 * @param leases oldest first
 */
public record ResourceSnapshot(List<HolderSnapshot> holders, List<LeaseSnapshot> leases) {
  /** Copies the lists. */
  public ResourceSnapshot {
    holders = List.copyOf(holders);
    leases = List.copyOf(leases);
  }
}
