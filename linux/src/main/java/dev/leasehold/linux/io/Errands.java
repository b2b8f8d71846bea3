// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.storage.StorageException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs operations on names (open, link, list …) on threads of {@link IoThreads}, so that a caller
 * waits no longer than its deadline. How many of one path may be under way is bounded: storage that
 * hangs for hours, and is tried again and again, must not use up all threads. Thread-safe.
 */
final class Errands {

  /** At most so many operations with one path are under way. */
  static final int PER_PATH = 16;

  private final IoThreads threads;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition oneEnded = lock.newCondition();
  private final Map<String, Integer> underWay = new HashMap<>();

  Errands(IoThreads threads) {
    this.threads = threads;
  }

  /**
   * Runs {@code errand} and waits for its result.
   *
   * @return its result; {@link Errand.Late} when the deadline passed first: its result will be
   *     discarded; a failure with EAGAIN if it was not even begun
   */
  <T> Errand.Result<T> run(String path, Errand<T> errand, Deadline deadline) {
    if (!enter(path, deadline)) {
      return new Errand.Failure<>(
          Words.of(
              Errno.EAGAIN,
              path,
              PER_PATH + " earlier operations on it have not ended: its storage hangs"));
    }
    boolean started =
        threads.start(
            new IoThreads.Job() {
              @Override
              public void run() {
                errand.run();
              }

              @Override
              public void publish() {
                leave(path);
              }
            });
    if (!started) {
      leave(path);
      return new Errand.Failure<>(
          Words.of(Errno.EAGAIN, path, "not tried: the system gives no further thread"));
    }
    return errand.await(deadline);
  }

  /** As {@link #run}, for operations whose lateness is an exception. */
  <T> T get(String path, String cannot, Errand<T> errand, Deadline deadline)
      throws StorageException {
    return switch (run(path, errand, deadline)) {
      case Errand.Value<T>(T value) -> value;
      case Errand.Failure<T>(StorageException error) -> throw error;
      case Errand.Late<T> late -> throw Words.timedOut(path, cannot);
    };
  }

  private boolean enter(String path, Deadline deadline) {
    lock.lock();
    try {
      boolean enters = deadline.await(oneEnded, () -> underWay.getOrDefault(path, 0) < PER_PATH);
      if (enters) {
        underWay.merge(path, 1, Integer::sum);
      }
      return enters;
    } finally {
      lock.unlock();
    }
  }

  private void leave(String path) {
    lock.lock();
    try {
      underWay.computeIfPresent(path, (same, count) -> count == 1 ? null : count - 1);
      oneEnded.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
