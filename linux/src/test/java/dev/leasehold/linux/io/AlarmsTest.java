// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AlarmsTest {

  /** Waits as a transfer does; true if the alarm rang no earlier than it should. */
  private static boolean rings(Duration timeout) {
    Deadline deadline = Deadline.in(timeout);
    Alarms.Alarm alarm = Alarms.SHARED.set(deadline);
    while (!alarm.rung()) {
      LockSupport.park();
    }
    return deadline.left() <= 0;
  }

  @Test
  void ringsAtTheDeadlineAlsoOfAnEarlierOneSetLater() throws InterruptedException {
    Alarms.Alarm late = Alarms.SHARED.set(Deadline.in(Duration.ofHours(1)));
    assertThat(rings(Duration.ofMillis(30))).isTrue();
    assertThat(rings(Duration.ofMillis(1))).isTrue();
    assertThat(late.rung()).isFalse();
    late.cancel();
  }

  @Test
  void ringsAtOnceWhenTheDeadlineHasPassed() {
    assertThat(rings(Duration.ZERO)).isTrue();
  }

  @Test
  void ringsAgainAfterItsThreadHadNothingToLookAt() {
    assertThat(rings(Duration.ofMillis(1))).isTrue();
    Thread looking =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("leasehold-deadlines"))
            .findAny()
            .orElseThrow();
    Samples.until(() -> looking.getState() == Thread.State.WAITING);
    assertThat(rings(Duration.ofMillis(1))).isTrue();
  }

  @Test
  void aCancelledAlarmDoesNotRing() {
    Alarms.Alarm cancelled = Alarms.SHARED.set(Deadline.in(Duration.ofMillis(5)));
    cancelled.cancel();
    assertThat(rings(Duration.ofMillis(10))).isTrue();
    assertThat(cancelled.rung()).isFalse();
  }

  @Test
  void ringsForManyVirtualThreads() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    List<Boolean> rung = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 500; i++) {
      Duration timeout = Duration.ofMillis(i % 50);
      threads.add(Thread.startVirtualThread(() -> rung.add(rings(timeout))));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(rung).hasSize(500).containsOnly(true);
  }
}
