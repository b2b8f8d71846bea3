// SPDX-License-Identifier: Apache-2.0

/**
 * The two algorithms: the delta lease (a host's claim on its host id) and the Paxos lease (a
 * resource's lease), as {@code docs/spec/algorithms.md} sections 2 and 3 have them.
 *
 * <p>It talks to its ports only: no clock, sleep, random number, thread, file or process of its
 * own. It keeps no lists of who holds what on this host, retries nothing in the background, and
 * does not judge when a lockspace is lost: that is the engine's.
 *
 * <p>Where to begin reading: {@link DeltaLease} with {@code DeltaAcquire} and {@code Renewal};
 * {@link PaxosLease} with {@code PaxosAcquire}, {@code Ballot} and {@code Scan} for the ballot,
 * {@code OwnerLiveness} for the wait for a dead owner, {@code PaxosRelease} for giving up; {@link
 * LeaseRemoval} for taking a held lease away with its file.
 *
 * <p>On the disk all of it is compatible with sanlock. Where it decides otherwise than sanlock, it
 * is for safety, or so that no lease is lost for ever:
 *
 * <ul>
 *   <li>A value that an earlier attempt of ours proposed and gave up is never taken for a lease.
 *       Others may have seen its RELEASED flag and gone on to the next version ({@code
 *       PaxosAcquire}).
 *   <li>Before the leader is written for another host it is read once more, so that it is not set
 *       back if that host is through already.
 *   <li>If a late write has set the leader back all the same, the ballot is for the highest version
 *       that any dblock is for; sanlock aborts for ever there.
 *   <li>Every own proposal that did not win is marked RELEASED, not only one that still might.
 *   <li>The owner's dblock proves that it gave a version up by RELEASED of that or a later version,
 *       or by a later version alone; a RELEASED of an earlier version proves nothing ({@code
 *       OwnerLiveness}).
 *   <li>Times of silence are counted from the end of the first read to the beginning of the last
 *       one, in whole seconds; a delta record of a foreign owner id is no proof of anything.
 *   <li>A shared holder counts as dead by silence only after a fresh look at its delta record, and
 *       one whose generation was never seen counts as alive ({@code SharedHolders}).
 *   <li>One's own sector is checked in every ballot read: a stranger there ends the ballot.
 *   <li>On several disks only those count that took the write and gave the read.
 *   <li>No write while an earlier one is in flight, and none without a valid host lease at that
 *       moment ({@link LeaseArea}, {@link ValidityCheck}).
 *   <li>The delta lease is written only soon after it was read, and never by a host whose lease ran
 *       out in a pause in between.
 * </ul>
 */
@NullMarked
package dev.leasehold.lease;

import org.jspecify.annotations.NullMarked;
