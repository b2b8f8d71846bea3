// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.watchdog;

import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.lease.Clock;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The watchdog device without wdmd, by wdmd's own rules (docs/spec/algorithms.md 6.2), so that the
 * same inequality holds: no ping at or after the expiry of any test, so the host is reset before
 * {@code renewal + 8 N + W}.
 *
 * <p>The device is opened with the first lockspace and stopped in order when the last test was
 * cleared. If this process ends otherwise, the kernel leaves the timer running. Thread-safe.
 */
public final class DirectWatchdog implements Watchdog {
  private static final long MILLIS = 1000;

  private final WatchdogDevice.Opener opener;
  private final Clock clock;
  private final int fireTimeout;
  private final Consumer<String> alarm;
  private final Set<DirectTest> tests = new HashSet<>();
  private Optional<WatchdogDevice> device = Optional.empty();
  private boolean failing;
  private boolean running;

  /**
   * @param opener of the device
   * @param clock CLOCK_MONOTONIC decides, as in wdmd
   * @param fireTimeout W, which the device must take
   * @param alarm told what nobody may miss
   */
  public DirectWatchdog(
      WatchdogDevice.Opener opener, Clock clock, int fireTimeout, Consumer<String> alarm) {
    this.opener = opener;
    this.clock = clock;
    this.fireTimeout = fireTimeout;
    this.alarm = alarm;
  }

  @Override
  public boolean protects() {
    return true;
  }

  /** The kernel knows one timer and no tests: whoever opens the device next starts it anew. */
  @Override
  public boolean remembersTests() {
    return false;
  }

  @Override
  public String description() {
    return "watchdog device, fires after " + fireTimeout + " s, armed for lockspaces: " + armed();
  }

  @Override
  public synchronized int armed() {
    return (int) tests.stream().filter(test -> test.expire > 0).count();
  }

  @Override
  public synchronized Test open(String name) throws WatchdogException {
    try {
      if (device.isEmpty() && !failing) {
        device = Optional.of(opened());
      }
    } catch (IOException e) {
      throw new WatchdogException("the watchdog is not armed: " + e.getMessage());
    }
    if (failing) {
      throw new WatchdogException("the watchdog is about to reset this host");
    }
    DirectTest test = new DirectTest(name);
    tests.add(test);
    if (!running) {
      running = true;
      Thread.ofPlatform().daemon().name("leasehold-watchdog").start(this::run);
    }
    return test;
  }

  private WatchdogDevice opened() throws IOException {
    WatchdogDevice made = opener.open();
    try {
      int inForce = made.fireTimeout(fireTimeout);
      if (inForce != fireTimeout) {
        throw new IOException(
            "the device fires after " + inForce + " s and cannot be set to " + fireTimeout + " s");
      }
      made.ping();
      return made;
    } catch (IOException | RuntimeException e) {
      made.disarm();
      throw e;
    }
  }

  /** Seconds between two looks at the tests: wdmd's, by W. */
  static int interval(int fireTimeout) {
    return fireTimeout >= 60 ? 10 : fireTimeout >= 30 ? 5 : fireTimeout >= 10 ? 2 : 1;
  }

  private void run() {
    while (true) {
      try {
        Thread.sleep((isFailing() ? 1 : interval(fireTimeout)) * MILLIS);
      } catch (InterruptedException e) {
        // Nobody does that; a look too early does no harm.
      }
      if (!step()) {
        return;
      }
    }
  }

  private synchronized boolean isFailing() {
    return failing;
  }

  /**
   * One look at the tests.
   *
   * @return false if there is nothing to look at any more
   */
  synchronized boolean step() {
    if (tests.isEmpty()) {
      running = !stopped();
      return running;
    }
    Optional<DirectTest> expiring = expiring();
    if (expiring.isPresent()) {
      fail(expiring.get());
    } else {
      keepAlive();
    }
    return true;
  }

  /** The timer is stopped; one that was left running is taken back for that. */
  private boolean stopped() {
    try {
      if (failing && device.isEmpty()) {
        device = Optional.of(opener.open());
      }
    } catch (IOException e) {
      alarm.accept(
          "all holders have ended, but the watchdog cannot be stopped, this host may be reset: "
              + e.getMessage());
      return false;
    }
    device.ifPresent(WatchdogDevice::disarm);
    device = Optional.empty();
    failing = false;
    return true;
  }

  private Optional<DirectTest> expiring() {
    long now = clock.monotonicSeconds();
    return tests.stream().filter(test -> test.isExpiring(now)).findFirst();
  }

  private void fail(DirectTest test) {
    if (!failing) {
      alarm.accept(
          "no renewal for "
              + test.name
              + ": the watchdog is pinged no more, this host is reset in "
              + fireTimeout
              + " s unless its holders end");
    }
    failing = true;
    // The kernel pings at an unclean close. In good time that is the last ping, as wdmd has it; but
    // if this process was paused until after the expiry, it would put off the reset until others
    // may have the leases: then the device stays open, and nothing is done to it.
    if (tests.stream().noneMatch(DirectTest::hasExpired)) {
      device.ifPresent(WatchdogDevice::abandon);
      device = Optional.empty();
    }
  }

  private void keepAlive() {
    try {
      if (device.isEmpty()) {
        device = Optional.of(opened());
      }
      if (failing) {
        alarm.accept("all lockspaces are well again: the watchdog is pinged, no reset");
      }
      if (expiring().isEmpty()) { // once more: this process may have been paused since
        device.get().ping();
        failing = false;
      }
    } catch (IOException e) {
      alarm.accept("the watchdog was not pinged, this host may be reset: " + e.getMessage());
    }
  }

  private synchronized void closed(DirectTest test) {
    if (test.expire == 0) {
      tests.remove(test);
    }
    // Else it fails at its expiry, as one of wdmd whose client died: nobody can repair it.
  }

  private final class DirectTest implements Test {
    private final String name;
    private long expire;

    DirectTest(String name) {
      this.name = name;
    }

    boolean isExpiring(long now) {
      return expire > 0 && now >= expire - interval(fireTimeout);
    }

    boolean hasExpired() {
      return expire > 0 && clock.monotonicSeconds() >= expire;
    }

    @Override
    public void live(long renewalSeconds, long expireSeconds) throws WatchdogException {
      synchronized (DirectWatchdog.this) {
        if (!tests.contains(this)) {
          throw new WatchdogException("the watchdog test of " + name + " is closed");
        }
        expire = expireSeconds;
      }
    }

    @Override
    public void clear() {
      synchronized (DirectWatchdog.this) {
        expire = 0;
      }
    }

    @Override
    public void close() {
      closed(this);
    }
  }
}
