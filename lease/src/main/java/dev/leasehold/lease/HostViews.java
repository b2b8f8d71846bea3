// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import java.util.Optional;

/**
 * The other hosts of a joined lockspace, as a Paxos lease needs to know them to judge whether an
 * owner is alive. Implemented by whoever renews the delta lease. Thread-safe.
 */
public interface HostViews {

  /** How many hosts the lockspace has room for: delta leases exist for ids 1 to this. */
  int maxHosts();

  /**
   * What has been seen of a host so far; no I/O.
   *
   * @return empty if that host's record was never looked at
   */
  Optional<HostSighting> sighting(long hostId);

  /**
   * Reads a host's delta record afresh and checks it, deadline N; see {@link DeltaRecords#read}.
   *
   * @param hostId 1 to {@link #maxHosts()}
   * @throws LeaseException the checks' codes LEADER_MAGIC, _VERSION, _LOCKSPACE, _CHECKSUM; I/O;
   *     ACQUIRE_LOCKSPACE if the lockspace is no longer joined; ACQUIRE_IDDISK if its storage
   *     cannot be opened
   */
  LeaderRecord readDelta(long hostId) throws LeaseException;

  /**
   * Which hosts there can be; may read the lockspace, not more often than once a second.
   *
   * @return empty if that is not known now: then each host that a lease has room for may write to
   *     it
   */
  default Optional<HostCensus> census() {
    return Optional.empty();
  }
}
