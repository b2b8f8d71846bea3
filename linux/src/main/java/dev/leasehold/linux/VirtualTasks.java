// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import dev.leasehold.engine.port.Tasks;
import dev.leasehold.lease.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * Tasks as virtual threads. Thread-safe.
 *
 * <p>Waits are measured by {@link Clock#bootNanos}. The threads of the JVM are woken by a clock
 * that stands still while the host is suspended, so a wait is taken in naps of at most {@link
 * #NAP}: no wait ends later than that after the host resumed.
 */
public final class VirtualTasks implements Tasks {

  /** How long a sleeping task may fail to notice that the host was suspended. */
  static final Duration NAP = Duration.ofSeconds(1);

  private final Clock clock;
  private final FailureHandler failures;

  /**
   * @param clock measures waits
   * @param failures is told of every exception and error that a task did not catch
   */
  public VirtualTasks(Clock clock, FailureHandler failures) {
    this.clock = clock;
    this.failures = failures;
  }

  @Override
  public Task start(String name, Runnable body) {
    CountDownLatch ended = new CountDownLatch(1);
    Thread.ofVirtual()
        .name(name)
        .start(
            () -> {
              try {
                body.run();
              } catch (Throwable t) {
                report(name, t);
              } finally {
                ended.countDown();
              }
            });
    return new StartedTask(ended);
  }

  @SuppressWarnings("SystemOut") // the last resort when the handler itself fails
  private void report(String name, Throwable failure) {
    try {
      failures.failed(name, failure);
    } catch (Throwable handlerFailure) {
      failure.addSuppressed(handlerFailure);
      System.err.println("task " + name + " failed, and so did the handler of failures:");
      failure.printStackTrace();
    }
  }

  @Override
  public void sleep(Duration duration) {
    boolean interrupted = false;
    BootDeadline deadline = BootDeadline.in(duration, clock);
    for (Duration left = deadline.left(); left.isPositive(); left = deadline.left()) {
      try {
        Thread.sleep(shorter(left, NAP));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    restoreInterrupt(interrupted);
  }

  @Override
  public Signal newSignal() {
    return new VirtualSignal(clock);
  }

  static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** Nobody interrupts tasks; should it happen all the same, no wait is cut short by it. */
  static void restoreInterrupt(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class StartedTask implements Task {
    private final CountDownLatch ended;

    StartedTask(CountDownLatch ended) {
      this.ended = ended;
    }

    @Override
    public boolean ended() {
      return ended.getCount() == 0;
    }

    @Override
    public boolean join(Duration timeout) {
      boolean interrupted = false;
      BootDeadline deadline = BootDeadline.in(timeout, clock);
      for (Duration left = deadline.left(); !ended() && left.isPositive(); left = deadline.left()) {
        try {
          if (ended.await(
              shorter(left, NAP).toNanos(), java.util.concurrent.TimeUnit.NANOSECONDS)) {
            break;
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      restoreInterrupt(interrupted);
      return ended();
    }
  }
}
