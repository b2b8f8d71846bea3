// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.holder;

import dev.leasehold.engine.port.Processes;
import dev.leasehold.lease.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Makes holders stop: in recovery, step by step (docs/spec/algorithms.md 4.6), and on request
 * (3.9). Only a pinned process is ever signalled, never a bare pid. Thread-safe; nothing here
 * blocks.
 */
public final class Stopper {
  /**
   * Attempts per holder to stop it gracefully, and again as many to kill it; after those only its
   * end or the watchdog helps.
   */
  public static final int MAX_ATTEMPTS = 100;

  private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

  private final HolderTable table;
  private final Processes processes;
  private final Clock clock;

  /** Stops the holders of a table. */
  public Stopper(HolderTable table, Processes processes, Clock clock) {
    this.table = table;
    this.processes = processes;
    this.clock = clock;
  }

  /**
   * What one step did.
   *
   * @param pid whom it concerned
   * @param action in words, e.g. "SIGTERM" or "killpath /usr/bin/x"; empty if the step only counted
   * @param stuck whether this was the last attempt to kill it
   */
  public record Step(int pid, Optional<String> action, boolean stuck) {}

  private record Plan(Holder holder, boolean last, Optional<List<String>> program, int signal) {}

  /**
   * One step of killing a holder, at most one a second and {@link #MAX_ATTEMPTS} of each kind. The
   * first that is not graceful is not held up by those that were: a long graceful period must not
   * use up the attempts that count.
   *
   * @param graceful its kill program, once, or SIGTERM; else SIGKILL; all within its restrictions
   * @return empty if it was not yet time, or too often tried, or the holder has ended
   */
  public Optional<Step> step(HolderId id, boolean graceful) {
    long now = clock.bootNanos();
    Optional<Plan> plan;
    synchronized (table.lock()) {
      plan = table.find(id).flatMap(holder -> plan(holder, graceful, now));
    }
    return plan.map(this::carryOut);
  }

  private static Optional<Plan> plan(Holder holder, boolean graceful, long now) {
    boolean firstKill = !graceful && !holder.killedForGood;
    int before = firstKill ? 0 : holder.killAttempts;
    boolean tooSoon = before > 0 && now - holder.lastKillNanos < INTERVAL_NANOS;
    if (holder.ended || tooSoon || before >= MAX_ATTEMPTS) {
      return Optional.empty();
    }
    holder.killAttempts = before + 1;
    holder.killedForGood |= !graceful;
    holder.lastKillNanos = now;
    boolean last = !graceful && holder.killAttempts == MAX_ATTEMPTS;
    if (graceful && holder.killPath.isPresent()) {
      OptionalInt pid = OptionalInt.of(holder.process.id().pid());
      Optional<List<String>> program =
          holder.killPathRun ? Optional.empty() : holder.killPath.map(path -> path.argv(pid));
      return Optional.of(new Plan(holder, last, program, 0));
    }
    int wanted = graceful ? Restrictions.SIGTERM : Restrictions.SIGKILL;
    int signal = holder.restrictions.substitute(wanted);
    return Optional.of(new Plan(holder, last, Optional.empty(), signal));
  }

  private Step carryOut(Plan plan) {
    Optional<String> action = Optional.empty();
    if (plan.program.isPresent()) {
      if (processes.run(plan.program.get())) {
        synchronized (table.lock()) {
          plan.holder.killPathRun = true;
        }
        action = Optional.of("killpath " + String.join(" ", plan.program.get()));
      }
    } else if (plan.signal != 0) {
      plan.holder.process.signal(plan.signal);
      action = Optional.of(plan.signal == Restrictions.SIGKILL ? "SIGKILL" : "SIGTERM");
    }
    return new Step(plan.holder.process.id().pid(), action, plan.last);
  }

  /**
   * Acts on a request of another host for a lease (docs/spec/algorithms.md 3.9). No retry, no
   * escalation.
   *
   * @param killPath as it was when the lease was acquired; its pid argument is never appended
   * @param restrictions likewise
   */
  public void requested(
      HolderId id, boolean force, Optional<KillPath> killPath, Restrictions restrictions) {
    Optional<Processes.Handle> process;
    synchronized (table.lock()) {
      process = table.find(id).filter(holder -> !holder.ended).map(holder -> holder.process);
    }
    if (process.isEmpty()) {
      return;
    }
    if (!force && killPath.isPresent()) {
      processes.run(killPath.get().argv(OptionalInt.empty()));
      return;
    }
    // Each request knows one substitution only, unlike recovery.
    int signal =
        force
            ? (restrictions.sigkill() ? Restrictions.SIGTERM : Restrictions.SIGKILL)
            : (restrictions.sigterm() ? Restrictions.SIGKILL : Restrictions.SIGTERM);
    process.get().signal(signal);
  }

  /** A holder that has given up all its leases is no longer to be stopped (4.6). */
  public void reprieve(HolderId id) {
    synchronized (table.lock()) {
      table
          .find(id)
          .ifPresent(
              holder -> {
                holder.killAttempts = 0;
                holder.killedForGood = false;
                holder.killPathRun = false;
              });
    }
  }
}
