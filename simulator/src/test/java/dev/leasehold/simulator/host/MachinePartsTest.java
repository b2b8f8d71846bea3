// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.simulator.kernel.Dice;
import dev.leasehold.simulator.kernel.Scheduler;
import dev.leasehold.simulator.kernel.TaskGroup;
import dev.leasehold.simulator.kernel.Trace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachinePartsTest {

  private static final long SECOND = 1_000_000_000L;

  private final Scheduler scheduler = new Scheduler(5, new Trace(false));
  private final SimClock clock = new SimClock(scheduler, 30, 200);
  private final TaskGroup group = scheduler.newGroup("daemon");
  private final Seat seat = new Seat(scheduler, 1, group, clock, new Dice(1));

  private void runFor(long seconds) {
    scheduler.run(seconds * SECOND, Long.MAX_VALUE);
    assertThat(scheduler.violation()).isEmpty();
  }

  @Test
  void clocksDriftStopAndJump() {
    scheduler.at(1000 * SECOND, clock::suspend);
    scheduler.at(2000 * SECOND, clock::resume);
    scheduler.at(2000 * SECOND, () -> clock.jumpWallClock(-500));
    runFor(3000);
    assertThat(clock.bootNanos()).isEqualTo(30 * SECOND + (long) (3000 * SECOND * 1.0002));
    assertThat(clock.monotonicSeconds()).isEqualTo(2030);
    assertThat(clock.trueNanos(1_000_200_000L)).isBetween(999_999_999L, 1_000_000_001L);
    scheduler.close();
  }

  @Test
  void signalsWakeWaitersAndLoseNothing() {
    SimTasks tasks = new SimTasks(seat);
    Tasks.Signal signal = tasks.newSignal();
    List<String> said = new ArrayList<>();
    tasks.start(
        "waiter",
        () -> {
          assertThat(signal.await(0, Duration.ofSeconds(1))).isFalse();
          assertThat(signal.await(0, Duration.ofSeconds(10))).isTrue();
          said.add("woken at " + scheduler.now() / SECOND);
          assertThat(signal.await(0, Duration.ofSeconds(10))).isTrue();
        });
    Tasks.Task raiser =
        tasks.start(
            "raiser",
            () -> {
              tasks.sleep(Duration.ofSeconds(3));
              signal.raise();
            });
    tasks.start("joiner", () -> said.add("joined " + raiser.join(Duration.ofMinutes(1))));
    runFor(60);
    assertThat(said).contains("woken at 2", "joined true");
    assertThat(raiser.ended()).isTrue();
    scheduler.close();
  }

  @Test
  void processesDieAndTheirPidsAreUsedAgain() {
    ProcessTable table = new ProcessTable(scheduler);
    SimProcess daemon = table.start("daemon", SimProcess.Temper.MEEK);
    SimProcesses processes = new SimProcesses(seat, table, daemon, "boot-1");
    SimProcess guest = table.start("guest", new SimProcess.Temper(true, false, 0));
    List<String> said = new ArrayList<>();
    scheduler.start(
        group,
        "supervisor",
        () -> {
          var handle = processes.find(guest.id().pid()).orElseThrow();
          handle.onExit(() -> said.add("exit"));
          handle.signal(15);
          scheduler.waitUntil(SECOND);
          assertThat(handle.alive()).isTrue();
          handle.signal(9);
          scheduler.waitUntil(2 * SECOND);
          assertThat(handle.alive()).isFalse();
          assertThat(handle.signal(9)).isFalse();
        });
    runFor(5);
    assertThat(said).containsExactly("exit");
    for (int i = 0; i < 100; i++) {
      SimProcess next = table.start("n", SimProcess.Temper.MEEK);
      if (next.id().pid() == guest.id().pid()) {
        assertThat(processes.find(guest.id())).isEmpty();
        said.add("again");
      }
      next.end();
    }
    assertThat(said).contains("again");
    scheduler.close();
  }

  @Test
  void theWatchdogFiresUnlessRenewedAndNotWhileSuspended() throws Exception {
    List<Long> resets = new ArrayList<>();
    WatchdogDevice device =
        new WatchdogDevice(
            scheduler, clock, 60, () -> 1, () -> resets.add(scheduler.now() / SECOND));
    SimWatchdog watchdog = new SimWatchdog(seat, device, true);
    scheduler.start(
        group,
        "keeper",
        () -> {
          try {
            Watchdog.Test kept = watchdog.open("kept");
            Watchdog.Test cleared = watchdog.open("cleared");
            cleared.live(30, 40);
            kept.live(30, 110);
            scheduler.waitUntil(20 * SECOND);
            cleared.clear();
            kept.live(50, 130);
          } catch (Watchdog.WatchdogException e) {
            throw new IllegalStateException(e);
          }
        });
    scheduler.at(100 * SECOND, clock::suspend);
    scheduler.at(
        200 * SECOND,
        () -> {
          clock.resume();
          device.resume();
        });
    runFor(400);
    // 130 + 60 on a clock that showed 30 at the start and stood still for 100 seconds.
    assertThat(resets).containsExactly(259L);
    scheduler.close();
  }
}
