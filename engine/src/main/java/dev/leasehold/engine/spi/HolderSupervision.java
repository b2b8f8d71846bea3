// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.spi;

/**
 * What recovery asks of those who know the holders. No call blocks or does I/O; signals are sent
 * and releases are started in the background. Called by the check task of the lockspace, or by the
 * calls named; never with a lock held.
 */
public interface HolderSupervision {

  /**
   * Whether a living holder has a lease in the lockspace, or an acquire in it is under way that may
   * still be granted or may have left something on disk: as long as that is so, the watchdog stays
   * armed and the lockspace is not left.
   */
  boolean inUse(MemberLockspace lockspace);

  /**
   * Whether a write to a lease of the lockspace has missed its deadline and may still land. Then
   * our host lease is left as it is, and others wait until it is provably dead: a write that lands
   * later must not meet a host that trusts the free record.
   */
  boolean writesInFlight(MemberLockspace lockspace);

  /** Whether any orphan of the lockspace is known. */
  boolean hasOrphans(MemberLockspace lockspace);

  /**
   * Whether a resource of the lockspace is known in any state: held, acquiring, releasing, orphan.
   */
  boolean namesUsed(MemberLockspace lockspace);

  /**
   * One step of killing, called every 200 ms: for each living holder with a lease in the lockspace,
   * at most once a second and 100 times (4.6). Tells listeners what it does, and once who is stuck.
   */
  void killStep(MemberLockspace lockspace, KillPhase phase);

  /**
   * The lockspace has become dead ({@link MemberLockspace#dead()} is true already): acquires in it
   * that wait are called off, and from now on releases in it skip the disk.
   */
  void lockspaceDead(MemberLockspace lockspace);

  /** The lockspace was left: orphans and remembered resources of it are forgotten. */
  void lockspaceGone(MemberLockspace lockspace);

  /**
   * Another host has a request: look at the request records of all leases held in the lockspace.
   */
  void examineAll(MemberLockspace lockspace);
}
