// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource.fake;

import dev.leasehold.engine.port.Tasks;
import dev.leasehold.lease.Clock;
import dev.leasehold.lease.Pause;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Tasks and clock in virtual time. Exactly one task runs at any moment; the others wait for their
 * turn, a signal or a time. Which of the runnable ones is next is drawn from the seed, so a seed is
 * a schedule. When nobody is runnable the clock jumps to the next wake-up.
 */
public final class FakeTime implements Tasks, Clock {
  private static final long START = Duration.ofSeconds(1_000).toNanos();
  private static final long EPOCH = Instant.parse("2026-03-01T10:00:00Z").getEpochSecond();

  private final Object lock = new Object();
  private final RandomGenerator random;
  private final List<Strand> ready = new ArrayList<>();
  private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private CompletableFuture<?> root = new CompletableFuture<>();
  private Strand running = new Strand("none");
  private volatile long nanos = START;
  private long counter;
  private volatile boolean over;
  private volatile boolean raisingGivesWay;

  /** A schedule. */
  public FakeTime(long seed) {
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /**
   * Runs {@code body} as a task, and whatever it starts until it ends; rethrows what any task
   * threw.
   */
  public <T> T run(Callable<T> body) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    over = false;
    root = result;
    synchronized (lock) {
      ready.add(
          strand(
              "test",
              () -> {
                try {
                  T value = body.call();
                  over = true;
                  result.complete(value);
                } catch (Throwable t) {
                  over = true;
                  result.completeExceptionally(t);
                }
              }));
      next();
    }
    try {
      T value = result.get(120, TimeUnit.SECONDS);
      Throwable thrown = failure.get();
      if (thrown != null) {
        throw new AssertionError("a task failed", thrown);
      }
      return value;
    } catch (java.util.concurrent.ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    } finally {
      over = true;
    }
  }

  /** Lets other tasks run until nothing is left to do or {@code duration} has passed. */
  public void letPass(Duration duration) {
    sleep(duration);
  }

  @Override
  public Task start(String name, Runnable body) {
    Strand strand;
    synchronized (lock) {
      strand = strand(name, body);
      ready.add(strand);
    }
    giveWay();
    return strand;
  }

  /**
   * Whether those that a signal wakes may overtake the one who raised it, which must hold no lock
   * then.
   */
  public void raisingGivesWay(boolean yes) {
    raisingGivesWay = yes;
  }

  /** Lets whoever is drawn go on. */
  public void giveWay() {
    Strand self;
    synchronized (lock) {
      self = running;
      ready.add(self);
      next();
    }
    self.park();
  }

  @Override
  public void sleep(Duration duration) {
    Strand self;
    synchronized (lock) {
      self = running;
      wakeAt(self, nanos + Math.max(1, duration.toNanos()));
      next();
    }
    self.park();
  }

  @Override
  public Signal newSignal() {
    return new FakeSignal();
  }

  /** A pause that is called off with the returned handle. */
  public FakePause pause() {
    return new FakePause();
  }

  @Override
  public long monotonicSeconds() {
    return nanos / 1_000_000_000L;
  }

  @Override
  public long bootNanos() {
    return nanos;
  }

  @Override
  public Instant wallTime() {
    return Instant.ofEpochSecond(EPOCH).plusNanos(nanos - START);
  }

  private Strand strand(String name, Runnable body) {
    Strand strand = new Strand(name);
    Thread.ofVirtual()
        .name(name)
        .start(
            () -> {
              strand.park();
              try {
                body.run();
              } catch (Throwable t) {
                failure.compareAndSet(null, t);
                t.printStackTrace();
              }
              strand.finish();
            });
    return strand;
  }

  /** Hands the turn on. Called with the lock, by whoever gives it up. */
  private void next() {
    if (over) {
      return;
    }
    while (ready.isEmpty() && !alarms.isEmpty()) {
      Alarm alarm = alarms.poll();
      if (alarm.strand.epoch == alarm.epoch) {
        nanos = Math.max(nanos, alarm.at);
        alarm.strand.epoch++;
        ready.add(alarm.strand);
      }
    }
    if (ready.isEmpty()) {
      root.completeExceptionally(new AssertionError("deadlock: nobody can run any more"));
      return;
    }
    running = ready.remove(random.nextInt(ready.size()));
    running.turn.release();
  }

  private void wakeAt(Strand strand, long at) {
    alarms.add(new Alarm(at, counter++, strand, strand.epoch));
  }

  private record Alarm(long at, long order, Strand strand, long epoch)
      implements Comparable<Alarm> {
    @Override
    public int compareTo(Alarm other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  /** One task. Its epoch rises with every wake-up, so that an older alarm is void. */
  private final class Strand implements Task {
    private final String name;
    private final Semaphore turn = new Semaphore(0);
    private final FakeSignal end = new FakeSignal();
    private long epoch;
    private volatile boolean ended;

    Strand(String name) {
      this.name = name;
    }

    void park() {
      turn.acquireUninterruptibly();
    }

    void finish() {
      synchronized (lock) {
        ended = true;
        end.raiseLocked();
        next();
      }
    }

    @Override
    public boolean ended() {
      return ended;
    }

    @Override
    public boolean join(Duration timeout) {
      while (!ended) {
        if (!end.await(0, timeout)) {
          return ended;
        }
      }
      return true;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private final class FakeSignal implements Signal {
    private final List<Strand> waiting = new ArrayList<>();
    private long version;

    @Override
    public long version() {
      synchronized (lock) {
        return version;
      }
    }

    @Override
    public void raise() {
      synchronized (lock) {
        raiseLocked();
      }
      if (raisingGivesWay) {
        giveWay();
      }
    }

    void raiseLocked() {
      version++;
      for (Strand strand : waiting) {
        strand.epoch++;
        ready.add(strand);
      }
      waiting.clear();
    }

    @Override
    public boolean await(long seen, Duration timeout) {
      Strand self;
      synchronized (lock) {
        if (version != seen) {
          return true;
        }
        self = running;
        waiting.add(self);
        wakeAt(self, nanos + Math.max(1, timeout.toNanos()));
        next();
      }
      self.park();
      synchronized (lock) {
        waiting.remove(self);
        return version != seen;
      }
    }
  }

  /** A pause of the lease algorithms that a test calls off. */
  public final class FakePause implements Pause {
    private final Signal signal = newSignal();
    private volatile boolean off;

    /** Calls it off. */
    public void callOff() {
      off = true;
      signal.raise();
    }

    @Override
    public boolean sleep(Duration duration) {
      return !off && !signal.await(0, duration);
    }

    @Override
    public boolean calledOff() {
      return off;
    }
  }
}
