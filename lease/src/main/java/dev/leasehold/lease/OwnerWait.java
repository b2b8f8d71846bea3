// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;

/**
 * An acquire is waiting because the lease's owner shows no sign of life but is not provably dead.
 *
 * @param leader names the owner: host id, generation, since when (its own clock)
 * @param ownerName the owner's host name in its delta record
 * @param sinceBootNanos {@link Clock#bootNanos()} of the last sign of life, or when we first looked
 * @param untilBootNanos when the owner counts as dead at the latest, unless it shows up again
 */
public record OwnerWait(
    LeaderRecord leader, Name ownerName, long sinceBootNanos, long untilBootNanos) {

  /** Is told of waits. */
  @FunctionalInterface
  public interface Listener {
    /** Does not listen. */
    Listener SILENT = wait -> {};

    /** Called once a second while waiting, without locks. Must return soon. */
    void waiting(OwnerWait wait);

    /**
     * The ballot after the end of an owner that never gave the lease back is won. Called once for
     * each such ballot, without locks; whether the acquisition as a whole succeeds is not known
     * yet.
     */
    default void tookOver(LostOwner owner) {}
  }
}
