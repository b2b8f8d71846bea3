// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.spi.HolderSupervision;
import dev.leasehold.engine.spi.KillPhase;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.Clock;
import java.util.ArrayList;
import java.util.List;

/** Holders that are there or not as a test says; records what is asked of them, and when. */
final class FakeHolders implements HolderSupervision {

  /** A kill step, and when: boot-time seconds. */
  record Step(double at, KillPhase phase) {}

  final List<Step> steps = new ArrayList<>();
  final List<String> calls = new ArrayList<>();
  boolean inUse;
  boolean orphans;
  boolean namesUsed;
  boolean writesInFlight;
  private final Clock clock;

  FakeHolders(Clock clock) {
    this.clock = clock;
  }

  List<Step> steps(KillPhase phase) {
    return steps.stream().filter(step -> step.phase() == phase).toList();
  }

  @Override
  public boolean inUse(MemberLockspace lockspace) {
    return inUse;
  }

  @Override
  public boolean writesInFlight(MemberLockspace lockspace) {
    return writesInFlight;
  }

  @Override
  public boolean hasOrphans(MemberLockspace lockspace) {
    return orphans;
  }

  @Override
  public boolean namesUsed(MemberLockspace lockspace) {
    return namesUsed;
  }

  @Override
  public void killStep(MemberLockspace lockspace, KillPhase phase) {
    steps.add(new Step(clock.bootNanos() / (double) Lab.SECOND, phase));
  }

  @Override
  public void lockspaceDead(MemberLockspace lockspace) {
    calls.add("dead " + lockspace.name() + " " + lockspace.dead());
  }

  @Override
  public void lockspaceGone(MemberLockspace lockspace) {
    calls.add("gone " + lockspace.name());
  }

  @Override
  public void examineAll(MemberLockspace lockspace) {
    calls.add("examine " + lockspace.name());
  }
}
