// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.watchdog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.lease.Clock;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The device adapter, against a device that writes down what is done to it. */
class DirectWatchdogTest {
  private static final int W = 60;
  private static final int FAIL = 80;

  private final AtomicLong now = new AtomicLong(1000);
  private final List<String> done = new ArrayList<>();
  private final List<Long> pings = new ArrayList<>();
  private final List<String> alarms = new ArrayList<>();
  private int inForce = W;
  private boolean openable = true;

  private final Clock clock =
      new Clock() {
        @Override
        public long monotonicSeconds() {
          return now.get();
        }

        @Override
        public long bootNanos() {
          return now.get() * 1_000_000_000L;
        }

        @Override
        public Instant wallTime() {
          return Instant.ofEpochSecond(now.get());
        }
      };

  private final class Recorded implements WatchdogDevice {
    @Override
    public int fireTimeout(int seconds) {
      done.add("timeout " + seconds);
      return inForce;
    }

    @Override
    public void ping() {
      pings.add(now.get());
    }

    @Override
    public void disarm() {
      done.add("disarm");
    }

    @Override
    public void abandon() {
      pings.add(now.get()); // the kernel pings at an unclean close
      done.add("abandon");
    }
  }

  private DirectWatchdog watchdog() {
    return new DirectWatchdog(
        () -> {
          if (!openable) {
            throw new IOException("busy");
          }
          done.add("open");
          return new Recorded();
        },
        clock,
        W,
        alarms::add);
  }

  /** Looks as often as the adapter does. */
  private void until(DirectWatchdog watchdog, long time) {
    while (now.get() < time) {
      now.addAndGet(1);
      if (now.get() % DirectWatchdog.interval(W) == 0) {
        assertThat(watchdog.step()).isTrue();
      }
    }
  }

  @Test
  void isPingedWhileRenewalsSucceedAndStoppedInOrderAtTheEnd() throws Exception {
    DirectWatchdog watchdog = watchdog();
    Watchdog.Test test = watchdog.open("sanlock_LS:1");
    for (int i = 0; i < 20; i++) {
      test.live(now.get(), now.get() + FAIL);
      until(watchdog, now.get() + 20);
    }
    assertThat(watchdog.armed()).isEqualTo(1);
    assertThat(pings).hasSizeGreaterThan(30);
    test.clear();
    test.close();
    assertThat(watchdog.step()).isFalse();
    assertThat(done).containsExactly("open", "timeout 60", "disarm");
    assertThat(alarms).isEmpty();
  }

  @Test
  void isNeverPingedAtOrAfterTheExpiryOfATest() throws Exception {
    DirectWatchdog watchdog = watchdog();
    Watchdog.Test dead = watchdog.open("sanlock_A:1");
    Watchdog.Test well = watchdog.open("sanlock_B:1");
    long renewal = now.get();
    dead.live(renewal, renewal + FAIL);
    for (int i = 0; i < 10; i++) {
      well.live(now.get(), now.get() + FAIL);
      until(watchdog, now.get() + 20);
    }
    long last = pings.getLast();
    assertThat(last).isLessThan(renewal + FAIL);
    // The inequality of docs/spec/algorithms.md 1.3: the reset comes before others may take over.
    assertThat(last + W).isLessThan(renewal + FAIL + W);
    assertThat(done).contains("abandon").doesNotContain("disarm");
    assertThat(alarms).anyMatch(line -> line.contains("sanlock_A:1"));
  }

  @Test
  void aLateRenewalLetsItBePingedAgain() throws Exception {
    DirectWatchdog watchdog = watchdog();
    Watchdog.Test test = watchdog.open("sanlock_A:1");
    test.live(now.get(), now.get() + FAIL);
    until(watchdog, now.get() + 75);
    assertThat(done).contains("abandon");
    test.live(now.get(), now.get() + FAIL);
    until(watchdog, now.get() + 10);
    assertThat(done).containsExactly("open", "timeout 60", "abandon", "open", "timeout 60");
  }

  @Test
  void afterAPauseBeyondTheExpiryNothingIsDoneToTheDevice() throws Exception {
    DirectWatchdog watchdog = watchdog();
    Watchdog.Test dead = watchdog.open("sanlock_A:1");
    Watchdog.Test well = watchdog.open("sanlock_B:1");
    long renewal = now.get();
    dead.live(renewal, renewal + FAIL);
    until(watchdog, renewal + FAIL - 15);
    List<Long> before = List.copyOf(pings);
    now.set(renewal + FAIL + W - 10); // stopped and continued
    well.live(now.get(), now.get() + 5); // expiring, but not expired
    assertThat(watchdog.step()).isTrue();
    assertThat(watchdog.step()).isTrue();
    assertThat(pings).isEqualTo(before);
    assertThat(done).doesNotContain("abandon", "disarm");
    assertThat(alarms).hasSize(1);
  }

  @Test
  void aTimerThatWasLeftRunningIsStoppedWhenAllHoldersHaveEnded() throws Exception {
    DirectWatchdog watchdog = watchdog();
    Watchdog.Test test = watchdog.open("sanlock_A:1");
    test.live(now.get(), now.get() + FAIL);
    until(watchdog, now.get() + 75);
    assertThat(done).endsWith("abandon");
    test.clear();
    test.close();
    openable = false;
    assertThat(watchdog.step()).as("tries again").isTrue();
    assertThat(alarms.getLast()).contains("cannot be stopped");
    openable = true;
    assertThat(watchdog.step()).isFalse();
    assertThat(done).endsWith("abandon", "open", "disarm");
  }

  @Test
  void aTestThatIsClosedWhileArmedCannotBeRepaired() throws Exception {
    DirectWatchdog watchdog = watchdog();
    Watchdog.Test test = watchdog.open("sanlock_A:1");
    test.live(now.get(), now.get() + FAIL);
    test.close();
    until(watchdog, now.get() + 200);
    assertThat(done).endsWith("abandon");
    assertThatThrownBy(() -> watchdog.open("sanlock_B:1"))
        .isInstanceOf(Watchdog.WatchdogException.class);
  }

  @Test
  void aDeviceWithAnotherTimeoutIsRefusedAndStopped() {
    inForce = 30;
    assertThatThrownBy(() -> watchdog().open("sanlock_A:1"))
        .isInstanceOf(Watchdog.WatchdogException.class)
        .hasMessageContaining("30 s");
    assertThat(done).containsExactly("open", "timeout 60", "disarm");
  }
}
