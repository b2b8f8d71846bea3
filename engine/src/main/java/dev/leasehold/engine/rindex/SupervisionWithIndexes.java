// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.rindex;

import dev.leasehold.engine.spi.HolderSupervision;
import dev.leasehold.engine.spi.KillPhase;
import dev.leasehold.engine.spi.MemberLockspace;

/**
 * The supervision of holders, and of index operations beside them: they kill nobody and cannot be
 * killed, but a lockspace is not left under them.
 */
public final class SupervisionWithIndexes implements HolderSupervision {
  private final HolderSupervision holders;
  private final IndexManager indexes;

  /** Adds index operations to the supervision of holders. */
  public SupervisionWithIndexes(HolderSupervision holders, IndexManager indexes) {
    this.holders = holders;
    this.indexes = indexes;
  }

  @Override
  public boolean inUse(MemberLockspace lockspace) {
    return holders.inUse(lockspace) || indexes.inUse(lockspace);
  }

  @Override
  public boolean writesInFlight(MemberLockspace lockspace) {
    return holders.writesInFlight(lockspace) || indexes.writesInFlight(lockspace);
  }

  @Override
  public boolean hasOrphans(MemberLockspace lockspace) {
    return holders.hasOrphans(lockspace);
  }

  @Override
  public boolean namesUsed(MemberLockspace lockspace) {
    return holders.namesUsed(lockspace) || indexes.inUse(lockspace);
  }

  @Override
  public void killStep(MemberLockspace lockspace, KillPhase phase) {
    holders.killStep(lockspace, phase);
  }

  @Override
  public void lockspaceDead(MemberLockspace lockspace) {
    holders.lockspaceDead(lockspace);
  }

  @Override
  public void lockspaceGone(MemberLockspace lockspace) {
    holders.lockspaceGone(lockspace);
  }

  @Override
  public void examineAll(MemberLockspace lockspace) {
    holders.examineAll(lockspace);
  }
}
