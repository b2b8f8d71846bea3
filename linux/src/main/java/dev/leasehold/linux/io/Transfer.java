// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.storage.LateTransfer;
import dev.leasehold.storage.Outcome;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * One transfer, run by a thread of {@link IoThreads} while its issuer waits. It owns its block, a
 * slot of the store and a use of the descriptor until the kernel has returned, however late.
 * Thread-safe.
 */
final class Transfer implements LateTransfer, IoThreads.Job {

  /** Which way the bytes go. */
  enum Direction {
    READ("read"),
    WRITE("write");

    private final String verb;

    Direction(String verb) {
      this.verb = verb;
    }
  }

  private final LinuxBlockStore store;
  private final Direction direction;
  private final WritesInFlight.Ticket ticket;
  private final PooledBlock block;
  private final MemorySegment memory;
  private final long offset;
  private final Queue<Thread> waiters = new ConcurrentLinkedQueue<>();

  /** Written before {@link #done}, read after. */
  private Outcome outcome = Outcome.Done.DONE;

  private volatile boolean done;

  /**
   * @throws IllegalStateException if the block is closed or in flight
   */
  Transfer(LinuxBlockStore store, Direction direction, long offset, PooledBlock block) {
    this.store = store;
    this.direction = direction;
    this.offset = offset;
    this.block = block;
    this.memory = block.begin();
    this.ticket = store.ticket(direction);
  }

  /** "read of 512 bytes at 1024". */
  String operation() {
    return direction.verb + " of " + memory.byteSize() + " bytes at " + offset;
  }

  @Override
  public void run() {
    outcome = callKernel();
    settle();
    store.releaseSlot();
  }

  @Override
  public void publish() {
    done = true; // only now: whoever sees the outcome finds everything settled
    waiters.forEach(LockSupport::unpark);
    store.releaseFile();
  }

  /** Gives back what the constructor took. */
  void settle() {
    block.end();
    ticket.ended();
  }

  private Outcome callKernel() {
    try {
      long result = store.call(direction, memory, offset);
      while (result == -Errno.EINTR) {
        result = store.call(direction, memory, offset);
      }
      return outcomeOf(result);
    } catch (Throwable t) { // either no call was made or it has returned
      return new Outcome.Failed(Errno.EIO, operation() + " (" + t + ")");
    }
  }

  private Outcome outcomeOf(long result) {
    if (result == memory.byteSize()) {
      return Outcome.Done.DONE;
    }
    return result < 0
        ? new Outcome.Failed((int) -result, operation())
        : new Outcome.Failed(
            Outcome.Failed.SHORT, operation() + ", of which " + result + " were transferred");
  }

  @Override
  public Outcome await(Duration longer) {
    return await(Deadline.in(longer));
  }

  Outcome await(Deadline deadline) {
    if (!done) {
      waitUntilDone(deadline);
    }
    if (!done) {
      ticket.late();
    }
    return done ? outcome : new Outcome.Unknown(this);
  }

  /** An interrupt does not cut the wait short: the port knows no outcome for it. It is kept. */
  private void waitUntilDone(Deadline deadline) {
    boolean interrupted = false;
    waiters.add(Thread.currentThread()); // before the look at done, which publish() sets first
    Alarms.Alarm alarm = Alarms.SHARED.set(deadline);
    while (!done && !alarm.rung()) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    alarm.cancel();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
