// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.port.Tasks.Signal;
import dev.leasehold.engine.port.Tasks.Task;
import dev.leasehold.lease.Clock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VirtualTasksTest {

  private static final Duration LONG = Duration.ofSeconds(50);

  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final VirtualTasks tasks =
      new VirtualTasks(new LinuxClock(), (task, failure) -> failures.add(task + ": " + failure));

  /** Every look at it is one hour later: as if the host were suspended between two looks. */
  private static final class SuspendingClock implements Clock {
    private final AtomicLong hours = new AtomicLong();

    @Override
    public long monotonicSeconds() {
      return 1;
    }

    @Override
    public long bootNanos() {
      return Duration.ofHours(hours.getAndIncrement()).toNanos();
    }

    @Override
    public Instant wallTime() {
      return Instant.EPOCH;
    }
  }

  @Test
  void runsABodyAndKnowsItsEnd() {
    CountDownLatch mayEnd = new CountDownLatch(1);
    Task task = tasks.start("t", () -> await(mayEnd));
    assertThat(task.ended()).isFalse();
    assertThat(task.join(Duration.ofMillis(5))).isFalse();
    mayEnd.countDown();
    assertThat(task.join(LONG)).isTrue();
    assertThat(task.ended()).isTrue();
  }

  @Test
  void tellsWhatATaskDidNotCatch() {
    Task task =
        tasks.start(
            "renew",
            () -> {
              throw new IllegalStateException("boom");
            });
    assertThat(task.join(LONG)).isTrue();
    assertThat(failures).containsExactly("renew: java.lang.IllegalStateException: boom");
  }

  @Test
  void tellsErrorsTooAndLosesNothingWhenTheHandlerFails() {
    PrintStream stderr = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      VirtualTasks broken =
          new VirtualTasks(
              new LinuxClock(),
              (task, failure) -> {
                throw new IllegalStateException("the log is full");
              });
      Task task =
          broken.start(
              "renew",
              () -> {
                throw new AssertionError("boom");
              });
      assertThat(task.join(LONG)).isTrue();
    } finally {
      System.setErr(stderr);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("task renew", "AssertionError: boom", "the log is full");
  }

  @Test
  void sleepsAtLeastAsLongAsAsked() {
    Clock clock = new LinuxClock();
    long before = clock.bootNanos();
    tasks.sleep(Duration.ofMillis(20));
    assertThat(clock.bootNanos() - before).isGreaterThanOrEqualTo(20_000_000L);
  }

  @Test
  void doesNotSleepForNothing() {
    tasks.sleep(Duration.ZERO);
    tasks.sleep(Duration.ofDays(-1));
  }

  @Test
  void suspendedTimeCountsInASleep() {
    new VirtualTasks(new SuspendingClock(), (task, failure) -> {}).sleep(Duration.ofHours(3));
  }

  @Test
  void suspendedTimeCountsInAWaitForASignal() {
    Signal signal = new VirtualTasks(new SuspendingClock(), (task, failure) -> {}).newSignal();
    assertThat(signal.await(0, Duration.ofHours(3))).isFalse();
  }

  @Test
  void suspendedTimeCountsInAJoin() {
    CountDownLatch mayEnd = new CountDownLatch(1);
    Task task =
        new VirtualTasks(new SuspendingClock(), (name, failure) -> {})
            .start("t", () -> await(mayEnd));
    assertThat(task.join(Duration.ofHours(3))).isFalse();
    mayEnd.countDown();
  }

  @Test
  void acceptsTheLongestDuration() {
    Signal signal = tasks.newSignal();
    Task task = tasks.start("raise", signal::raise);
    assertThat(signal.await(0, Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
    assertThat(task.join(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
  }

  @Test
  void aSignalThatWasRaisedBeforeTheWaitIsNotLost() {
    Signal signal = tasks.newSignal();
    long seen = signal.version();
    signal.raise();
    assertThat(signal.version()).isEqualTo(seen + 1);
    assertThat(signal.await(seen, LONG)).isTrue();
    assertThat(signal.await(seen + 1, Duration.ZERO)).isFalse();
  }

  @Test
  void aSignalWakesEveryWaiter() {
    Signal signal = tasks.newSignal();
    List<Boolean> woken = new CopyOnWriteArrayList<>();
    List<Task> waiting =
        List.of(
            tasks.start("a", () -> woken.add(signal.await(0, LONG))),
            tasks.start("b", () -> woken.add(signal.await(0, LONG))));
    signal.raise();
    assertThat(waiting).allMatch(task -> task.join(LONG));
    assertThat(woken).containsExactly(true, true);
  }

  @Test
  void anInterruptDoesNotCutAWaitShortAndIsKept() {
    Thread.currentThread().interrupt();
    Clock clock = new LinuxClock();
    long before = clock.bootNanos();
    tasks.sleep(Duration.ofMillis(5));
    assertThat(clock.bootNanos() - before).isGreaterThanOrEqualTo(5_000_000L);
    assertThat(tasks.newSignal().await(0, Duration.ofMillis(5))).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
