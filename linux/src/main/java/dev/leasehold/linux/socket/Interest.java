// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.socket;

import dev.leasehold.linux.ffi.Descriptor;
import dev.leasehold.linux.ffi.ReadinessCalls;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who waits for one socket: at most one thread for reading and one for writing. A waiting thread is
 * parked; a virtual one holds no carrier meanwhile.
 */
final class Interest {

  private final Readiness readiness;
  private final Descriptor socket;
  private final long key;
  private final ReentrantLock lock = new ReentrantLock();
  private final Side reading = new Side(ReadinessCalls.READABLE);
  private final Side writing = new Side(ReadinessCalls.WRITABLE);
  private boolean added;
  private volatile boolean closed;

  /** One direction. Guarded by the lock, except for the flag that the waiter looks at. */
  private static final class Side {
    final int mask;
    Optional<Thread> waiter = Optional.empty();
    boolean armed;
    volatile boolean fired;

    Side(int mask) {
      this.mask = mask;
    }

    int wanted() {
      return armed ? mask : 0;
    }

    void fireIf(int seen) {
      if (armed && (seen & (mask | ReadinessCalls.BROKEN)) != 0) {
        armed = false;
        fired = true;
        waiter.ifPresent(LockSupport::unpark);
      }
    }
  }

  Interest(Readiness readiness, Descriptor socket, long key) {
    this.readiness = readiness;
    this.socket = socket;
    this.key = key;
  }

  long key() {
    return key;
  }

  /**
   * Waits until something can be read.
   *
   * @param deadline of {@link System#nanoTime}, if there is one
   */
  void awaitReadable(OptionalLong deadline)
      throws ClosedChannelException, SocketTimeoutException, InterruptedIOException {
    await(reading, deadline);
  }

  /** Waits until something can be written; as {@link #awaitReadable}. */
  void awaitWritable(OptionalLong deadline)
      throws ClosedChannelException, SocketTimeoutException, InterruptedIOException {
    await(writing, deadline);
  }

  private void await(Side side, OptionalLong deadline)
      throws ClosedChannelException, SocketTimeoutException, InterruptedIOException {
    begin(side);
    try {
      while (!side.fired && !closed) {
        park(deadline);
      }
    } finally {
      end(side);
    }
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  private void park(OptionalLong deadline) throws SocketTimeoutException, InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while waiting for a socket");
    }
    if (deadline.isEmpty()) {
      LockSupport.park(this);
      return;
    }
    long left = deadline.getAsLong() - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException("the other end did not answer in time");
    }
    LockSupport.parkNanos(this, left);
  }

  private void begin(Side side) throws ClosedChannelException {
    lock.lock();
    try {
      if (closed || !socket.acquire()) {
        throw new ClosedChannelException();
      }
      try {
        if (side.waiter.isPresent()) {
          throw new IllegalStateException("two threads wait for the same socket");
        }
        side.waiter = Optional.of(Thread.currentThread());
        side.fired = false;
        side.armed = true;
        arm();
      } finally {
        socket.release();
      }
    } finally {
      lock.unlock();
    }
  }

  private void arm() {
    int mask = reading.wanted() | writing.wanted();
    int result =
        added
            ? ReadinessCalls.arm(readiness.epoll(), socket.number(), mask, key)
            : ReadinessCalls.add(readiness.epoll(), socket.number(), mask, key);
    Readiness.checked(result);
    added = true;
  }

  private void end(Side side) {
    lock.lock();
    try {
      side.waiter = Optional.empty();
      side.armed = false;
    } finally {
      lock.unlock();
    }
  }

  /** Called by the one thread that waits for all sockets. */
  void fired(int mask) {
    lock.lock();
    try {
      reading.fireIf(mask);
      writing.fireIf(mask);
      // A report disarms the socket; the direction that was not reported still waits.
      boolean stillWanted = (reading.wanted() | writing.wanted()) != 0;
      if (!closed && stillWanted && socket.acquire()) {
        try {
          arm();
        } finally {
          socket.release();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends every wait, now and later, and closes the descriptor. Idempotent. */
  void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      readiness.forget(this);
      if (added && socket.acquire()) {
        try {
          ReadinessCalls.remove(readiness.epoll(), socket.number());
        } finally {
          socket.release();
        }
      }
      reading.waiter.ifPresent(LockSupport::unpark);
      writing.waiter.ifPresent(LockSupport::unpark);
    } finally {
      lock.unlock();
    }
    socket.close();
  }
}
