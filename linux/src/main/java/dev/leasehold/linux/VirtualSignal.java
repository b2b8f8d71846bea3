// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import dev.leasehold.engine.port.Tasks.Signal;
import dev.leasehold.lease.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The signal of {@link VirtualTasks}. Thread-safe. */
final class VirtualSignal implements Signal {

  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition raised = lock.newCondition();
  private long version;

  VirtualSignal(Clock clock) {
    this.clock = clock;
  }

  @Override
  public long version() {
    lock.lock();
    try {
      return version;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void raise() {
    lock.lock();
    try {
      version++;
      raised.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean await(long seen, Duration timeout) {
    boolean interrupted = false;
    BootDeadline deadline = BootDeadline.in(timeout, clock);
    lock.lock();
    try {
      while (version == seen && deadline.left().isPositive()) {
        Duration nap = VirtualTasks.shorter(deadline.left(), VirtualTasks.NAP);
        try {
          boolean _ = raised.await(nap.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      return version != seen;
    } finally {
      lock.unlock();
      VirtualTasks.restoreInterrupt(interrupted);
    }
  }
}
