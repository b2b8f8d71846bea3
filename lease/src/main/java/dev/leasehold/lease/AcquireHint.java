// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.LeaderRecord;

/**
 * What a host remembers of a lease that it released itself, to save the first large read when it
 * takes the lease again: that read is then of the leader sector only. Never trusted: if the leader
 * on disk differs in any byte the hint is dropped, and a ballot number that is too low costs one
 * more round.
 *
 * @param lastLeader the leader record as this host freed it
 * @param maxMbal the highest ballot number seen in the last ballot, our own included
 */
public record AcquireHint(LeaderRecord lastLeader, long maxMbal) {}
