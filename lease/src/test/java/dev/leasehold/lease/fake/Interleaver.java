// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.fake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Every order in which hosts can take turns, one run after the other. A turn ends before each
 * transfer, so a run is a sequence of choices of who goes on; the runs are a depth-first walk over
 * all of them, as far as a budget of surprises allows. A surprise is a host that is overtaken, or a
 * fault that {@link #choose} picks.
 */
public final class Interleaver {
  /** More surprises than a test asks for itself, for whoever has the time. */
  public static final int EXTRA_DEPTH = Integer.getInteger("leasehold.depth", 0);

  private static final int MAX_TURNS = 20_000;
  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** A world with tasks; made anew for each run. */
  public interface Run extends World {
    /** Adds a task; to be called before the run begins. */
    void task(String name, Body body);

    /**
     * One of {@code options}, of which 0 is the normal one and every other one a surprise.
     *
     * @return 0 if the budget is used up
     */
    int choose(int options);

    /** Something to check when all tasks have ended. */
    void afterwards(Body body);

    /** What was chosen so far, to find the run again. */
    String story();
  }

  /** What a task does. */
  @FunctionalInterface
  public interface Body {
    void run() throws Exception;
  }

  /** A choice that was made: which of how many. */
  private static final class Choice {
    private final int options;
    private int taken;

    Choice(int options) {
      this.options = options;
    }
  }

  private final int budget;
  private final List<Choice> path = new ArrayList<>();
  private final Optional<Dice> dice;

  /** Makes a walk random: how likely a surprise is, in percent. */
  private record Dice(Random random, int percent) {
    int roll(int options) {
      return random.nextInt(100) < percent ? 1 + random.nextInt(options - 1) : 0;
    }
  }

  private Interleaver(int budget, Optional<Dice> dice) {
    this.budget = budget;
    this.dice = dice;
  }

  /**
   * Runs them all.
   *
   * @param budget surprises per run
   * @param setUp makes the tasks of a run
   * @return how many runs there were
   */
  public static long explore(int budget, Consumer<Run> setUp) {
    Interleaver interleaver = new Interleaver(budget, Optional.empty());
    long runs = 0;
    do {
      runs++;
      new OneRun(interleaver).go(setUp);
    } while (interleaver.advance());
    return runs;
  }

  /**
   * One run with surprises at random.
   *
   * @param percent how likely a surprise is at each choice
   */
  public static void wander(long seed, int percent, Consumer<Run> setUp) {
    Dice dice = new Dice(new Random(seed), percent);
    new OneRun(new Interleaver(Integer.MAX_VALUE, Optional.of(dice))).go(setUp);
  }

  /** Turns to the next path that was not walked; false if there is none. */
  private boolean advance() {
    while (!path.isEmpty()) {
      Choice last = path.getLast();
      if (last.taken + 1 < last.options) {
        last.taken++;
        return true;
      }
      path.removeLast();
    }
    return false;
  }

  /** The run of one path. */
  private static final class OneRun implements Run {
    private final Interleaver all;
    private final List<Task> tasks = new ArrayList<>();
    private final List<Landing> landings = new ArrayList<>();
    private final Semaphore over = new Semaphore(0);
    private final StringBuilder story = new StringBuilder();
    private Body afterwards = () -> {};
    private Task current;
    private Throwable failure;
    private long now = Duration.ofSeconds(5000).toNanos();
    private int surprisesLeft;
    private int position;
    private int turns;

    OneRun(Interleaver all) {
      this.all = all;
      this.surprisesLeft = all.budget;
    }

    private static final class Task {
      private final String name;
      private final Body body;
      private final Semaphore turn = new Semaphore(0);
      private long wakeAt;
      private boolean ended;

      Task(String name, Body body) {
        this.name = name;
        this.body = body;
      }
    }

    /** Something that happens at a moment of its own, at {@code latest} at the latest. */
    private record Landing(long latest, Runnable action) {}

    /** Thrown in the tasks of a run that has failed. */
    private static final class Stopped extends Error {
      private static final long serialVersionUID = 1L;
    }

    @Override
    public void task(String name, Body body) {
      tasks.add(new Task(name, body));
    }

    @Override
    public void afterwards(Body body) {
      afterwards = body;
    }

    @Override
    public String story() {
      return story.toString();
    }

    void go(Consumer<Run> setUp) {
      setUp.accept(this);
      List<Thread> threads = new ArrayList<>();
      for (Task task : tasks) {
        threads.add(Thread.ofVirtual().start(() -> live(task)));
      }
      giveTurnTo(pick(null));
      try {
        over.acquire();
        for (Thread thread : threads) {
          thread.join();
        }
        if (failure == null) {
          landings.forEach(landing -> landing.action().run());
          current = null;
          afterwards.run();
        }
      } catch (Throwable e) {
        failure = e;
      }
      if (failure != null) {
        throw new AssertionError("in the run " + story, failure);
      }
    }

    private void live(Task task) {
      try {
        task.turn.acquire();
        if (failure == null) {
          task.body.run();
        }
      } catch (Stopped e) {
        // Another task has failed.
      } catch (Throwable e) {
        failure = e;
      }
      task.ended = true;
      if (tasks.stream().allMatch(t -> t.ended)) {
        over.release();
      } else {
        giveTurnTo(failure == null ? pick(null) : firstAlive());
      }
    }

    private Task firstAlive() {
      return tasks.stream().filter(t -> !t.ended).findFirst().orElseThrow();
    }

    private void giveTurnTo(Task next) {
      current = next;
      next.turn.release();
    }

    @Override
    public long now() {
      return now;
    }

    @Override
    public void turn() {
      if (++turns > MAX_TURNS) {
        throw new AssertionError("no end in sight");
      }
      if (current != null) {
        pass(current);
      }
    }

    @Override
    public void sleep(Duration duration) {
      if (current == null) {
        now += duration.toNanos();
        return;
      }
      current.wakeAt = now + duration.toNanos();
      pass(current);
    }

    @Override
    public void later(Duration delay, Runnable action) {
      // When exactly is one of the things to try: at any later turn.
      landings.add(new Landing(now + delay.plus(LONGEST).toNanos(), action));
    }

    private void pass(Task task) {
      Task next = pick(task);
      if (next != task) {
        giveTurnTo(next);
        task.turn.acquireUninterruptibly();
        if (failure != null) {
          throw new Stopped();
        }
      }
    }

    /** Who goes on; before that, late transfers may land. */
    private Task pick(Task running) {
      while (!landings.isEmpty()) {
        boolean due = landings.getFirst().latest() <= now;
        int which = due ? 1 : choose(landings.size() + 1);
        if (which == 0) {
          break;
        }
        story.append(" lands");
        landings.remove(which - 1).action().run();
      }
      List<Task> order = byWakeUp(running);
      // As a surprise somebody else than the first to wake up: the others are overtaken.
      Task next = order.get(choose(order.size()));
      now = Math.max(now, next.wakeAt);
      if (next != running) {
        story.append(' ').append(next.name);
      }
      return next;
    }

    /** The one that runs, if it is not asleep; then the others, the first to wake up first. */
    private List<Task> byWakeUp(Task running) {
      List<Task> order = new ArrayList<>(tasks);
      order.removeIf(t -> t.ended);
      order.sort(
          (a, b) -> {
            long left = Math.max(a.wakeAt, now) - (a == running ? 1 : 0);
            long right = Math.max(b.wakeAt, now) - (b == running ? 1 : 0);
            return Long.compare(left, right);
          });
      return order;
    }

    @Override
    public int choose(int options) {
      if (options <= 1 || surprisesLeft == 0) {
        return 0;
      }
      if (position == all.path.size()) {
        Choice next = new Choice(options);
        next.taken = all.dice.map(dice -> dice.roll(options)).orElse(0);
        all.path.add(next);
      }
      Choice choice = all.path.get(position++);
      if (choice.options != options) {
        throw new AssertionError("the run is not deterministic");
      }
      if (choice.taken > 0) {
        surprisesLeft--;
        story.append(" (").append(choice.taken).append(')');
      }
      return choice.taken;
    }
  }
}
