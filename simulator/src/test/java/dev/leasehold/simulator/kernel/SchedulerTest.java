// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchedulerTest {

  private static final long SECOND = 1_000_000_000L;

  /** Ten tasks that sleep, wake each other and draw lots. */
  private static long busyRun(long seed, long seconds, long[] switches) {
    Trace trace = new Trace(false);
    try (Scheduler scheduler = new Scheduler(seed, trace)) {
      TaskGroup group = scheduler.newGroup("daemon");
      Dice dice = Dice.named(seed, "test");
      for (int i = 0; i < 10; i++) {
        scheduler.start(
            group,
            "task " + i,
            () -> {
              while (true) {
                scheduler.waitUntil(scheduler.now() + dice.between(0, SECOND / 100));
              }
            });
      }
      assertThat(scheduler.run(seconds * SECOND, Long.MAX_VALUE)).isEqualTo(Scheduler.End.TIME);
      switches[0] = scheduler.switches();
    }
    return trace.hash();
  }

  @Test
  void sameSeedSameRun() {
    long[] switches = new long[1];
    assertThat(busyRun(7, 20, switches)).isEqualTo(busyRun(7, 20, switches));
    assertThat(busyRun(7, 20, switches)).isNotEqualTo(busyRun(8, 20, switches));
  }

  @Test
  void saysHowFastItHandsTheBatonOver() {
    long[] switches = new long[1];
    busyRun(1, 100, switches);
    long start = System.nanoTime();
    busyRun(2, 200, switches);
    double perSecond = switches[0] * 1e9 / (System.nanoTime() - start);
    System.out.printf("simulator: %,.0f hand-overs a second%n", perSecond);
    assertThat(switches[0]).isGreaterThan(10_000);
  }

  @Test
  void onlyOneTaskRunsAtATimeAndTimeIsInOrder() {
    try (Scheduler scheduler = new Scheduler(3, new Trace(false))) {
      TaskGroup group = scheduler.newGroup("g");
      List<Long> times = new ArrayList<>();
      int[] inside = {0};
      for (int i = 0; i < 5; i++) {
        long step = i + 1;
        scheduler.start(
            group,
            "t" + i,
            () -> {
              for (int n = 0; n < 100; n++) {
                assertThat(++inside[0]).isEqualTo(1);
                times.add(scheduler.now());
                inside[0]--;
                scheduler.waitUntil(scheduler.now() + step);
              }
            });
      }
      assertThat(scheduler.run(SECOND, Long.MAX_VALUE)).isEqualTo(Scheduler.End.QUIET);
      assertThat(times).hasSize(500).isSorted();
    }
  }

  @Test
  void aPausedGroupStandsStillAndThenRunsOn() {
    try (Scheduler scheduler = new Scheduler(3, new Trace(false))) {
      TaskGroup group = scheduler.newGroup("g");
      List<Long> times = new ArrayList<>();
      scheduler.start(
          group,
          "t",
          () -> {
            while (true) {
              scheduler.waitUntil(scheduler.now() + SECOND);
              times.add(scheduler.now() / SECOND);
            }
          });
      scheduler.at(2 * SECOND + 1, group::pause);
      scheduler.at(9 * SECOND + 1, group::resume);
      scheduler.run(11 * SECOND, Long.MAX_VALUE);
      assertThat(times).containsExactly(1L, 2L, 9L, 10L);
    }
  }

  @Test
  void killedTasksUnwindThroughTheirFinallyBlocks() {
    List<String> said = new ArrayList<>();
    try (Scheduler scheduler = new Scheduler(3, new Trace(false))) {
      TaskGroup group = scheduler.newGroup("g");
      for (int i = 0; i < 3000; i++) {
        scheduler.start(
            group,
            "t",
            () -> {
              try {
                scheduler.waitUntil(Long.MAX_VALUE);
              } finally {
                said.add("unwound");
              }
            });
      }
      scheduler.at(SECOND, group::kill);
      assertThat(scheduler.run(2 * SECOND, Long.MAX_VALUE)).isEqualTo(Scheduler.End.QUIET);
      assertThat(group.live).isEmpty();
      assertThat(said).hasSize(3000);
    }
  }

  @Test
  void aTaskThatSwallowsItsEndIsReported() {
    Scheduler scheduler = new Scheduler(3, new Trace(false));
    TaskGroup group = scheduler.newGroup("g");
    scheduler.start(
        group,
        "stubborn",
        () -> {
          while (true) {
            try {
              group.checkAlive();
              scheduler.waitUntil(Long.MAX_VALUE);
            } catch (Throwable ignored) {
              // as bad code does
            }
          }
        });
    scheduler.at(SECOND, group::kill);
    assertThat(scheduler.run(2 * SECOND, Long.MAX_VALUE)).isEqualTo(Scheduler.End.VIOLATION);
    assertThat(scheduler.violation().orElseThrow().message()).contains("stubborn");
    scheduler.close();
  }

  @Test
  void anUncaughtExceptionIsAViolation() {
    try (Scheduler scheduler = new Scheduler(3, new Trace(false))) {
      scheduler.start(
          scheduler.newGroup("g"),
          "t",
          () -> {
            throw new IllegalStateException("no lease");
          });
      assertThat(scheduler.run(SECOND, 100)).isEqualTo(Scheduler.End.VIOLATION);
      assertThat(scheduler.violation().orElseThrow().message()).contains("no lease");
    }
  }

  @Test
  void theBudgetEndsTheRunAtTheSameEventEveryTime() {
    List<Long> hashes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Trace trace = new Trace(false);
      try (Scheduler scheduler = new Scheduler(5, trace)) {
        TaskGroup group = scheduler.newGroup("g");
        for (int t = 0; t < 3; t++) {
          scheduler.start(
              group,
              "t" + t,
              () -> {
                while (true) {
                  scheduler.waitUntil(scheduler.now() + 1);
                }
              });
        }
        assertThat(scheduler.run(SECOND, 1000)).isEqualTo(Scheduler.End.BUDGET);
        hashes.add(trace.hash());
      }
    }
    assertThat(hashes.get(0)).isEqualTo(hashes.get(1));
  }
}
