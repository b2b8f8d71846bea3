// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.TakeOver;
import dev.leasehold.lease.LostOwner;
import dev.leasehold.lease.OwnerWait;
import java.util.Optional;

/**
 * What one acquisition hears of the owner it comes after: who waits is told at once, whoever
 * listens to the engine when the lease is ours. Used by one task.
 */
final class OwnerNews implements OwnerWait.Listener {
  final Waiting wait;
  private final EngineContext context;
  private final LeaseRequest request;
  private final AcquireProgress progress;
  private Optional<LostOwner> lost = Optional.empty();

  OwnerNews(EngineContext context, LeaseRequest request, AcquireProgress progress, Waiting wait) {
    this.context = context;
    this.request = request;
    this.progress = progress;
    this.wait = wait;
  }

  @Override
  public void waiting(OwnerWait owner) {
    wait.saw(owner);
    progress.waitingForDeadHost(request, owner);
  }

  @Override
  public void tookOver(LostOwner owner) {
    lost = Optional.of(owner);
  }

  /** To be called when the lease is ours. */
  void tellTakeOver() {
    lost.ifPresent(
        owner ->
            context
                .holders
                .get(wait.holder)
                .map(us -> new TakeOver(request, owner, us.process().pid(), us.label()))
                .ifPresent(news -> context.events.tell(ear -> ear.leaseTakenOver(news))));
  }
}
