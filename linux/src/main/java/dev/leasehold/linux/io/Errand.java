// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.storage.StorageException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * An operation on a name that may hang, and its result, which goes either to the waiting caller or,
 * when it is late, to the discarder: never to both, never to none. Thread-safe.
 */
final class Errand<T> implements Runnable {

  /** How it ended for its caller. */
  sealed interface Result<T> {}

  record Value<T>(T value) implements Result<T> {}

  record Failure<T>(StorageException error) implements Result<T> {}

  /** The deadline passed first; the operation is still under way. */
  record Late<T>() implements Result<T> {}

  /** The operation. */
  interface Body<T> {
    /**
     * Runs once, on a thread that may hang.
     *
     * @param abandoned whether the caller has gone: then it had better not begin anything new
     */
    T run(BooleanSupplier abandoned) throws StorageException;
  }

  private final String path;
  private final Body<T> body;
  private final Consumer<T> discard;
  private final CountDownLatch done = new CountDownLatch(1);

  /** Whoever sets it first, caller at its deadline or operation at its end, has the say. */
  private final AtomicBoolean decided = new AtomicBoolean();

  private Result<T> result = new Late<>();

  /**
   * @param discard closes what a late operation has opened
   */
  Errand(String path, Body<T> body, Consumer<T> discard) {
    this.path = path;
    this.body = body;
    this.discard = discard;
  }

  /** One whose result needs no closing. */
  static <T> Errand<T> of(String path, Body<T> body) {
    return new Errand<>(path, body, value -> {});
  }

  @Override
  public void run() {
    Result<T> mine = callBody();
    if (decided.compareAndSet(false, true)) {
      result = mine;
      done.countDown();
    } else if (mine instanceof Value<T>(T value)) {
      discard.accept(value);
    }
  }

  private Result<T> callBody() {
    try {
      return new Value<>(body.run(decided::get));
    } catch (StorageException e) {
      return new Failure<>(e);
    } catch (Throwable e) { // the caller waits: it must hear of everything
      return new Failure<>(Words.of(Errno.EIO, path, "the operation failed: " + e));
    }
  }

  Result<T> await(Deadline deadline) {
    if (!deadline.await(done) && decided.compareAndSet(false, true)) {
      return new Late<>();
    }
    awaitPublished();
    return result;
  }

  /** The operation has decided, and opens the latch in its very next step. */
  private void awaitPublished() {
    while (done.getCount() != 0) {
      Thread.onSpinWait();
    }
  }
}
