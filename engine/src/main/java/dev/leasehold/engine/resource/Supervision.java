// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.Stopper;
import dev.leasehold.engine.spi.HolderSupervision;
import dev.leasehold.engine.spi.KillPhase;
import dev.leasehold.engine.spi.MemberLockspace;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What recovery asks and orders (docs/spec/algorithms.md 4.3, 4.6). Thread-safe. */
final class Supervision implements HolderSupervision {
  private final EngineContext context;
  private final Stopper stopper;
  private final Releaser releaser;
  private final HolderAsks asks;

  Supervision(EngineContext context, Stopper stopper, Releaser releaser, HolderAsks asks) {
    this.context = context;
    this.stopper = stopper;
    this.releaser = releaser;
    this.asks = asks;
  }

  private List<Entry> entriesOf(MemberLockspace lockspace) {
    return context.table.entries(entry -> entry.member.equals(lockspace));
  }

  @Override
  public boolean inUse(MemberLockspace lockspace) {
    // An acquisition has its tokens from the start. Whoever works on the disk may be writing a
    // leader record; each such work is bounded by I/O deadlines. Releases that wait for their next
    // attempt do not count.
    return !context
        .table
        .entries(
            entry -> entry.member.equals(lockspace) && (!entry.tokens.isEmpty() || entry.turnTaken))
        .isEmpty();
  }

  @Override
  public boolean writesInFlight(MemberLockspace lockspace) {
    return entriesOf(lockspace).stream()
        .flatMap(entry -> openOf(entry).stream())
        .anyMatch(OpenLease::unsettled);
  }

  private Optional<OpenLease> openOf(Entry entry) {
    synchronized (context.lock) {
      return entry.open;
    }
  }

  @Override
  public boolean hasOrphans(MemberLockspace lockspace) {
    return !context
        .table
        .entries(e -> e.member.equals(lockspace) && e.state == LeaseState.ORPHAN)
        .isEmpty();
  }

  @Override
  public boolean namesUsed(MemberLockspace lockspace) {
    return !context.table.entries(e -> e.id().lockspace().sameName(lockspace.name())).isEmpty();
  }

  @Override
  public void killStep(MemberLockspace lockspace, KillPhase phase) {
    for (HolderId holder : holdersIn(lockspace)) {
      stopper.step(holder, phase == KillPhase.GRACEFUL).ifPresent(step -> tell(lockspace, step));
    }
  }

  private Set<HolderId> holdersIn(MemberLockspace lockspace) {
    Set<HolderId> holders = new TreeSet<>();
    synchronized (context.lock) {
      for (Entry entry : entriesOf(lockspace)) {
        entry.tokens.stream().filter(Token::granted).forEach(token -> holders.add(token.holder));
      }
    }
    return holders;
  }

  private void tell(MemberLockspace lockspace, Stopper.Step step) {
    step.action()
        .ifPresent(
            action ->
                context.events.tell(
                    listener -> listener.holderStopped(lockspace.name(), step.pid(), action)));
    if (step.stuck()) {
      context.events.tell(listener -> listener.holderStuck(lockspace.name(), step.pid()));
    }
  }

  @Override
  public void lockspaceDead(MemberLockspace lockspace) {
    context.callOff(wait -> wait.members.contains(lockspace), Waiting.Reason.LOCKSPACE_DEAD);
    context.upheaval();
  }

  /** Orphans, and whatever else belongs to nobody, are forgotten as soon as that is safe. */
  @Override
  public void lockspaceGone(MemberLockspace lockspace) {
    context.upheaval();
    context.table.takeOrphans(entry -> entry.member.equals(lockspace)).forEach(releaser::settle);
  }

  @Override
  public void examineAll(MemberLockspace lockspace) {
    entriesOf(lockspace).forEach(asks::examine);
  }
}
