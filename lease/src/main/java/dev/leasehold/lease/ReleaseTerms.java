// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.Name;
import java.util.Optional;

/**
 * How a Paxos lease is to be released.
 *
 * @param lvb a new lock value block to be written before; at most a sector, exclusive leases only
 *     (for a shared one it is ignored, as sanlock does). A failure is only noted
 * @param rename a new resource name to leave in the freed leader record
 */
public record ReleaseTerms(Optional<byte[]> lvb, Optional<Name> rename) {

  /** Just release. */
  public static final ReleaseTerms PLAIN = new ReleaseTerms(Optional.empty(), Optional.empty());

  /** With a lock value block. */
  public static ReleaseTerms withLvb(byte[] value) {
    return new ReleaseTerms(Optional.of(value), Optional.empty());
  }

  /** With a new name. */
  public static ReleaseTerms renaming(Name name) {
    return new ReleaseTerms(Optional.empty(), Optional.of(name));
  }
}
