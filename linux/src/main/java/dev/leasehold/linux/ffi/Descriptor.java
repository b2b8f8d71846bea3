// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/**
 * A file descriptor with an owner and users: it is closed when the owner has let go of it and no
 * call uses it any more. So a number is never closed, and given to another file by the kernel,
 * while a call still means the old one. Thread-safe.
 */
public final class Descriptor {

  private static final long CLOSED = 1L << 62;

  private final int fd;
  private final IntConsumer closer;

  /** Number of users, plus {@link #CLOSED} when the owner has let go. */
  private final AtomicLong state = new AtomicLong();

  /**
   * @param fd open descriptor, from now on owned by this object
   * @param closer closes it, exactly once
   */
  public Descriptor(int fd, IntConsumer closer) {
    this.fd = fd;
    this.closer = closer;
  }

  /**
   * Begins a use, to be ended with {@link #release}.
   *
   * @return false if the owner has let go
   */
  public boolean acquire() {
    long seen = state.get();
    while ((seen & CLOSED) == 0) {
      if (state.compareAndSet(seen, seen + 1)) {
        return true;
      }
      seen = state.get();
    }
    return false;
  }

  /** The number; only valid between {@link #acquire} and {@link #release}. */
  public int number() {
    return fd;
  }

  /** Ends a use; closes if it was the last one and the owner has let go. */
  public void release() {
    if (state.decrementAndGet() == CLOSED) {
      closer.accept(fd);
    }
  }

  /** The owner lets go. Idempotent. */
  public void close() {
    long seen = state.get();
    while ((seen & CLOSED) == 0) {
      if (state.compareAndSet(seen, seen | CLOSED)) {
        if (seen == 0) {
          closer.accept(fd);
        }
        return;
      }
      seen = state.get();
    }
  }
}
