// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.lease.BornHeld;
import java.time.Duration;
import java.util.Optional;

/**
 * Looks after lease files whose publication timed out: if one appears after all it names us as the
 * owner, though nobody here holds it, so it is released. Until that is settled nobody here can
 * acquire it.
 */
final class LateFiles {
  private static final int MISSES = 3;

  private final EngineContext context;
  private final FirstLease first;
  private final Releaser releaser;

  LateFiles(EngineContext context, FirstLease first, Releaser releaser) {
    this.context = context;
    this.first = first;
    this.releaser = releaser;
  }

  /** Watches in the background; the entry is RELEASING. */
  void watch(Entry entry) {
    Optional<BornHeld> born;
    synchronized (context.lock) {
      born = entry.latePublication;
    }
    born.ifPresent(
        b -> context.ports.tasks().start("late file of " + entry.id(), () -> watch(entry, b)));
  }

  private void watch(Entry entry, BornHeld born) {
    Duration pause = entry.member.timing().io();
    int misses = 0;
    while (misses < MISSES && !entry.member.dead()) {
      switch (first.lookFor(entry, born)) {
        case FirstLease.Late.Missing _ -> misses++;
        case FirstLease.Late.Unreadable _ -> misses = 0;
        case FirstLease.Late.Others _ -> misses = MISSES;
        case FirstLease.Late.Ours ours -> {
          release(entry, born, ours.open());
          return;
        }
      }
      if (misses >= MISSES || !context.sleepWhileAlive(entry.member, pause)) {
        break;
      }
      pause = entry.member.timing().renewal();
    }
    releaser.settle(entry);
  }

  private void release(Entry entry, BornHeld born, OpenLease open) {
    synchronized (context.lock) {
      entry.open = Optional.of(open);
      entry.hold = Optional.of(born.hold());
    }
    releaser.later(entry);
  }
}
