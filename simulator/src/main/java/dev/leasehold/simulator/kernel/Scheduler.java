// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Simulated time. Tasks are virtual threads that run strictly one at a time: the one that has the
 * baton runs until it waits, and then hands the baton straight to the task whose event is next.
 * Which is next follows from simulated time and from the seed alone.
 *
 * <p>All methods except {@link #run} and {@link #close} are for the holder of the baton.
 */
public final class Scheduler implements AutoCloseable {

  /** Why a run ended. */
  public enum End {
    /** The simulated time given was reached. */
    TIME,
    /** The event budget was used up. */
    BUDGET,
    /** Nothing will ever happen again. */
    QUIET,
    /** An invariant did not hold. */
    VIOLATION,
    /** Somebody asked for it. */
    STOPPED
  }

  /** How often a task may swallow its own end before that is reported. */
  private static final int MOST_UNWINDINGS = 10_000;

  private final PriorityQueue<Event> queue = new PriorityQueue<>(256);
  private final List<TaskGroup> groups = new ArrayList<>();
  private final Dice ties;
  private final Trace trace;
  private final SimTask driver;
  private SimTask current;
  private long now;
  private long sequence;
  private long taskIds;
  private long events;
  private long switches;
  private long until;
  private long budget;
  private boolean closing;
  private @Nullable End end;
  private @Nullable Violation violation;

  /**
   * Sets it up.
   *
   * @param seed decides every tie
   * @param trace takes the log
   */
  public Scheduler(long seed, Trace trace) {
    this.ties = Dice.named(seed, "ties");
    this.trace = trace;
    this.driver = new SimTask("driver", -1, newGroup("driver"), null);
    this.current = driver;
  }

  /** Nanoseconds since the start of the run. */
  public long now() {
    return now;
  }

  /** Events so far. */
  public long events() {
    return events;
  }

  /** Hand-overs of the baton so far. */
  public long switches() {
    return switches;
  }

  /** The log. */
  public Trace trace() {
    return trace;
  }

  /** What went wrong, if anything. */
  public Optional<Violation> violation() {
    return Optional.ofNullable(violation);
  }

  /** A group with no task yet. */
  public TaskGroup newGroup(String name) {
    TaskGroup group = new TaskGroup(this, name);
    groups.add(group);
    return group;
  }

  /** Forgets dead groups, of which a long run makes many. */
  public void forgetDeadGroups() {
    groups.removeIf(group -> group.dead() && group.live.isEmpty());
  }

  /** Starts a task; it first runs when its event is next. */
  public SimTask start(TaskGroup group, String name, Runnable body) {
    group.checkAlive();
    SimTask task = new SimTask(name, taskIds++, group, body);
    group.live.add(task);
    schedule(now, null, task, task.waits, false);
    return task;
  }

  /** Has {@code call} run at {@code time} by the machinery; it must not wait. */
  public void at(long time, Runnable call) {
    schedule(Math.max(time, now), call, null, 0, false);
  }

  /** Has {@code call} run after {@code nanos}. */
  public void after(long nanos, Runnable call) {
    at(now + Math.max(0, nanos), call);
  }

  /** The task that has the baton. */
  public SimTask current() {
    return current;
  }

  /**
   * The current task waits until {@code deadline}, or until it is woken with the token {@link
   * #waitToken}.
   *
   * @return true if it was woken, false if the deadline came first
   */
  public boolean waitUntil(long deadline) {
    SimTask self = current;
    if (self == driver) {
      throw new IllegalStateException("the machinery must not wait");
    }
    if (deadline != Long.MAX_VALUE) {
      schedule(Math.max(deadline, now), null, self, self.waits, true);
    }
    giveUpBaton(self);
    if (self.killed) {
      unwind();
    }
    return !self.timedOut;
  }

  /** Identifies the next wait of the current task, for {@link #wake}. */
  public long waitToken() {
    return current.waits;
  }

  /**
   * Ends the wait {@code token} of {@code task} after {@code delay} nanoseconds, if it still is.
   */
  public void wake(SimTask task, long token, long delay) {
    if (!task.ended && task.waits == token) {
      schedule(now + delay, null, task, token, false);
    }
  }

  /** Reports that an invariant does not hold; the run ends at the next hand-over. */
  public void fail(String invariant, String message) {
    if (violation == null && !closing) {
      violation = new Violation(now, invariant, message);
      end = End.VIOLATION;
      trace.line(now, 0, 1, () -> "VIOLATION " + invariant + ": " + message);
    }
  }

  /** Ends the run at the next hand-over. */
  public void stop() {
    if (end == null) {
      end = End.STOPPED;
    }
  }

  /**
   * Runs until something ends it. May be called again after {@code TIME} to go on.
   *
   * @param untilNanos simulated time at which to stop
   * @param eventBudget number of events, counted from the start of the run
   */
  public End run(long untilNanos, long eventBudget) {
    until = untilNanos;
    budget = eventBudget;
    if (end != End.VIOLATION) {
      end = null;
    }
    driver.adoptCurrentThread();
    giveUpBaton(driver);
    return end == null ? End.QUIET : end;
  }

  /** Unwinds every task that is left. */
  @Override
  public void close() {
    closing = true;
    end = null;
    until = Long.MAX_VALUE;
    budget = Long.MAX_VALUE;
    driver.adoptCurrentThread();
    for (int i = 0; i < groups.size(); i++) {
      groups.get(i).kill();
    }
    giveUpBaton(driver);
    for (TaskGroup group : groups) {
      if (!group.live.isEmpty()) {
        throw new IllegalStateException("tasks left in " + group.name() + ": " + group.live);
      }
    }
    queue.clear();
  }

  void makeDue(SimTask task) {
    schedule(now, null, task, task.waits, task.timedOut);
  }

  void killTask(SimTask task) {
    if (task.ended) {
      return;
    }
    task.killed = true;
    if (!task.started) {
      finish(task);
    } else if (task != current) {
      queue.add(new Event(now, Integer.MIN_VALUE, sequence++, null, task, task.waits, false));
    }
  }

  /** Throws the current task out of its process. */
  void unwind() {
    SimTask self = current;
    if (++self.unwindings > MOST_UNWINDINGS) {
      fail("unwinding", "task " + self.name() + " swallows the end of its process");
      abandon(self);
    }
    throw new Killed();
  }

  /** Leaves a task that cannot be ended parked for ever. */
  private void abandon(SimTask self) {
    finish(self);
    giveUpBaton(self);
    while (true) {
      LockSupport.park(self);
    }
  }

  private void schedule(
      long time, @Nullable Runnable call, @Nullable SimTask task, long wait, boolean timeout) {
    queue.add(new Event(time, ties.below(1 << 30), sequence++, call, task, wait, timeout));
  }

  private void giveUpBaton(SimTask self) {
    current = driver;
    SimTask next = nextTask();
    current = next;
    if (next == self) {
      return;
    }
    switches++;
    if (next.started || next == driver) {
      next.giveBaton();
    } else {
      next.start(() -> runTask(next));
    }
    if (!self.ended || self == driver) {
      self.awaitBaton();
    }
  }

  private void runTask(SimTask self) {
    self.awaitBaton();
    try {
      self.body().run();
    } catch (Killed killed) {
      // its process is gone: nothing to report
    } catch (Throwable thrown) {
      if (!self.killed) {
        fail("uncaught", "task " + self.name() + ": " + Failures.describe(thrown));
      }
    }
    finish(self);
    giveUpBaton(self);
  }

  private void finish(SimTask task) {
    task.ended = true;
    task.waits++;
    task.group.live.remove(task);
  }

  private SimTask nextTask() {
    while (true) {
      if (end != null) {
        return driver;
      }
      Event event = queue.peek();
      if (event == null) {
        end = End.QUIET;
        now = closing ? now : Math.max(now, until);
      } else if (event.time() > until) {
        end = End.TIME;
        now = Math.max(now, until);
      } else if (events >= budget) {
        end = End.BUDGET;
      } else {
        queue.poll();
        now = event.time();
        SimTask next = take(event);
        if (next != null) {
          return next;
        }
      }
    }
  }

  /** Does what is due; returns the task to run, if it is one's turn. */
  private @Nullable SimTask take(Event event) {
    Runnable call = event.call();
    if (call != null) {
      if (!closing) {
        events++;
        trace.mix(now, -1);
        runCall(call);
      }
      return null;
    }
    SimTask task = event.task();
    if (task == null || task.ended || task.waits != event.token() || (closing && !task.killed)) {
      return null;
    }
    task.timedOut = event.timeout();
    if (task.group.paused() && !task.killed) {
      task.waits++;
      task.group.deferred.add(task);
      return null;
    }
    events++;
    trace.mix(now, task.id);
    task.waits++;
    return task;
  }

  private void runCall(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | AssertionError thrown) {
      fail("machinery", Failures.describe(thrown));
    }
  }
}
