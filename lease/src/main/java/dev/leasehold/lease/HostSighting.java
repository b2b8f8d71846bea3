// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.Name;
import java.util.OptionalLong;

/**
 * What this host has seen of another host's delta lease so far (docs/spec/algorithms.md 4.4).
 * Updated only from successful reads of the lockspace area.
 *
 * <p>The three times are of our own {@link Clock#bootNanos()}, taken when the read had
 * <em>ended</em>: the sign of life is older than that, never younger.
 *
 * @param hostId whose sector was read
 * @param ownerId owner_id in the record
 * @param generation owner_generation in the record
 * @param ownerName the host's name in the record
 * @param timestamp the timestamp in the record, seconds of that host's clock; 0 is free
 * @param ioTimeout No in the record; 0 if it was not recorded
 * @param firstCheck when the record was looked at for the first time
 * @param lastCheck when it was looked at last
 * @param lastLive when its owner, generation or timestamp was last seen to have changed (the first
 *     look counts, unless the record was all zero); empty if never
 */
public record HostSighting(
    long hostId,
    long ownerId,
    long generation,
    Name ownerName,
    long timestamp,
    int ioTimeout,
    long firstCheck,
    long lastCheck,
    OptionalLong lastLive) {

  /** Whether at the last look the record had just changed: the host is alive. */
  public boolean changedAtLastLook() {
    return lastLive.isPresent() && lastLive.getAsLong() == lastCheck;
  }
}
