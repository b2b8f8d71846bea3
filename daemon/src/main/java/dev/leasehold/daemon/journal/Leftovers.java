// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.journal;

import dev.leasehold.daemon.journal.JournalText.Held;
import dev.leasehold.daemon.journal.JournalText.Space;
import dev.leasehold.engine.holder.Restrictions;
import dev.leasehold.engine.port.Processes;
import dev.leasehold.engine.port.Processes.Handle;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.lease.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Processes that had leases of a daemon that was killed, and run still. Nobody renews for them, and
 * their connection is gone, so nobody can give them their leases back: they are told to stop, and
 * killed when the graceful period is over, or when their leases have been lost for that long by the
 * last renewal that was noted (docs/spec/algorithms.md 1.2). Thread-safe.
 */
public final class Leftovers {
  private static final Duration STEP = Duration.ofSeconds(1);
  private static final int FAIL_FACTOR = 8;

  private final Tasks tasks;
  private final Clock clock;
  private final Processes processes;
  private final Consumer<String> said;
  private final Tasks.Signal changed;
  private final List<Leftover> running = new CopyOnWriteArrayList<>();
  private volatile List<Space> spaces = List.of();

  /**
   * One of them, pinned: its pid cannot be taken for another process's.
   *
   * @param killAt boot-time nanoseconds: a lease is lost while the host is suspended, too
   */
  private record Leftover(Held held, Handle handle, long killAt) {}

  Leftovers(Tasks tasks, Clock clock, Processes processes, Consumer<String> said) {
    this.tasks = tasks;
    this.clock = clock;
    this.processes = processes;
    this.said = said;
    this.changed = tasks.newSignal();
  }

  /**
   * Finds those that run, and begins to stop them.
   *
   * @param grace seconds
   */
  void stop(JournalText journal, int grace) {
    if (!journal.bootId().equals(processes.bootId())) {
      return; // they ended with the boot
    }
    List<Leftover> found = new ArrayList<>();
    for (Held held : journal.held()) {
      long killAt = killAt(journal, held, grace);
      Optional<Handle> handle = processes.find(held.process());
      handle.ifPresent(pinned -> found.add(new Leftover(held, pinned, killAt)));
    }
    spaces = journal.spaces();
    running.addAll(found);
    for (Leftover one : found) {
      said.accept(
          "process "
              + one.held.process().pid()
              + " still has leases in "
              + one.held.lockspace()
              + " of a daemon that was killed; it must end, and is told so");
      tasks.start("leftover " + one.held.process().pid(), () -> stop(one));
    }
  }

  private long killAt(JournalText journal, Held held, int grace) {
    long good = Math.min(0, lostAt(journal, held) - clock.monotonicSeconds());
    return clock.bootNanos() + Duration.ofSeconds(good + grace).toNanos();
  }

  /** CLOCK_MONOTONIC seconds. */
  private static long lostAt(JournalText journal, Held held) {
    return journal.spaces().stream()
        .filter(space -> space.name().sameName(held.lockspace()))
        .mapToLong(Leftovers::lostAt)
        .findFirst()
        .orElse(0);
  }

  private static long lostAt(Space space) {
    return space.renewed() + (long) FAIL_FACTOR * space.ioTimeout();
  }

  private void stop(Leftover one) {
    boolean first = true;
    while (one.handle.alive()) {
      boolean kill = clock.bootNanos() >= one.killAt;
      if (kill || one.held.killPath().isEmpty()) {
        int signal = kill ? Restrictions.SIGKILL : Restrictions.SIGTERM;
        boolean _ = one.handle.signal(one.held.restrictions().substitute(signal));
      } else if (first) {
        OptionalInt pid = OptionalInt.of(one.held.process().pid());
        boolean _ = processes.run(one.held.killPath().get().argv(pid));
      }
      first = false;
      tasks.sleep(STEP);
    }
    running.remove(one);
    one.handle.close();
    said.accept("process " + one.held.process().pid() + " has ended; its leases are safe");
    changed.raise();
  }

  /** Those that run still: they are noted again, should this daemon be killed, too. */
  List<Held> held() {
    return running.stream().map(Leftover::held).toList();
  }

  /** What was noted of the lockspaces of those. */
  List<Space> spaces() {
    return running.isEmpty() ? List.of() : spaces;
  }

  /** How many run still. */
  public int count() {
    return running.size();
  }

  /**
   * Waits until none of them has leases in the lockspace.
   *
   * @param lockspace as its name is printed
   * @return false if {@code limit} passed first
   */
  boolean awaitGone(String lockspace, Duration limit) {
    return awaitNone(one -> one.held.lockspace().toString().equals(lockspace), limit);
  }

  /**
   * Waits until all of them have ended.
   *
   * @return false if {@code limit} passed first
   */
  boolean awaitAllGone(Duration limit) {
    return awaitNone(one -> true, limit);
  }

  private boolean awaitNone(Predicate<Leftover> which, Duration limit) {
    long deadline = clock.bootNanos() + limit.toNanos();
    while (true) {
      long seen = changed.version();
      if (running.stream().noneMatch(which)) {
        return true;
      }
      Duration left = Duration.ofNanos(deadline - clock.bootNanos());
      if (!left.isPositive()) {
        return false;
      }
      boolean _ = changed.await(seen, left);
    }
  }
}
