// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.util.Optional;

/**
 * Another host that owned a lease, and never gave it back, until it was taken over.
 *
 * @param leader names it: host id, generation, version of the lease, since when (its own clock)
 * @param name its host name in its delta record; empty if that was another's by then
 * @param end how it is known to be gone
 */
public record LostOwner(LeaderRecord leader, Optional<Name> name, End end) {

  /** How an owner can be known to be gone (docs/spec/algorithms.md 3.2). */
  public enum End {
    /** It showed no sign of life for so long that it has been reset or has stopped all holders. */
    DEAD,
    /** It has given back its host id since. */
    LEFT,
    /** Its host id is in use again, with a newer generation. */
    JOINED_ANEW
  }
}
