// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import dev.leasehold.engine.LeaseListener;
import dev.leasehold.engine.LossReason;
import dev.leasehold.linux.ffi.TimeCalls;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes what an engine tells of one lockspace, and when. */
final class Watcher implements LeaseListener {

  /**
   * Something it was told.
   *
   * @param at CLOCK_MONOTONIC seconds
   * @param remaining until the lease is lost, where that was told
   */
  record Told(String what, double at, Duration remaining) {}

  private final Name lockspace;
  private final List<Told> told = new CopyOnWriteArrayList<>();

  Watcher(String lockspace) {
    this.lockspace = Name.of(lockspace);
  }

  private void note(Name space, String what, Duration remaining) {
    if (space.sameName(lockspace)) {
      told.add(new Told(what, TimeCalls.monotonicNanos() / 1e9, remaining));
    }
  }

  /** What it was told, in order, without the renewals. */
  List<Told> told() {
    return told.stream().filter(event -> !event.what.equals("renewed")).toList();
  }

  /** The first event of that kind after some time, if there was one. */
  java.util.Optional<Told> first(String what, double after) {
    return told.stream().filter(e -> e.what.equals(what) && e.at >= after).findFirst();
  }

  @Override
  public void renewed(Name space, long timestamp) {
    note(space, "renewed", Duration.ZERO);
  }

  @Override
  public void renewalFailed(Name space, LeaseException why, Duration remaining) {
    note(space, "failed " + why.code(), remaining);
  }

  @Override
  public void atRisk(Name space, Duration remaining) {
    note(space, "at risk", remaining);
  }

  @Override
  public void outOfRisk(Name space) {
    note(space, "out of risk", Duration.ZERO);
  }

  @Override
  public void lost(Name space, LossReason reason, String words) {
    note(space, "lost " + reason, Duration.ZERO);
  }

  @Override
  public void holderStopped(Name space, int pid, String action) {
    note(space, action + " " + pid, Duration.ZERO);
  }
}
