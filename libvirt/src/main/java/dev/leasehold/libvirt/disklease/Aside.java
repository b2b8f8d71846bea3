// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks at files on platform threads, and waits for no longer than a limit. The JDK's own file
 * calls hold the carrier of a virtual thread, of which there are as many as processors: where
 * storage hangs in the kernel, some guests' starts would stop the renewal of every lease.
 * Thread-safe.
 */
public final class Aside {
  /** So many at once; each is a thread, for as long as its storage hangs. */
  static final int MOST = 64;

  /** The daemon's memory is locked, stacks too. */
  private static final long STACK = 256 << 10;

  private final Duration limit;
  private final Semaphore free = new Semaphore(MOST);

  /** A look at files. */
  @FunctionalInterface
  public interface Look<T> {
    /** Looks. */
    T get() throws LeaseFailure;
  }

  /**
   * @param limit of each look
   */
  public Aside(Duration limit) {
    this.limit = limit;
  }

  /**
   * What a look gives.
   *
   * @param what is looked at, for the message
   * @throws LeaseFailure that of the look, or that it took too long; it may end later, unseen
   */
  public <T> T get(String what, Look<T> look) throws LeaseFailure {
    enter(what);
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              try {
                return look.get();
              } finally {
                free.release();
              }
            });
    start(what, task);
    return await(what, task);
  }

  private void enter(String what) throws LeaseFailure {
    try {
      if (free.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw LeaseFailure.unavailable(
        what
            + ": not looked at, since "
            + MOST
            + " earlier looks at files hang in their storage; look at that storage");
  }

  private void start(String what, FutureTask<?> task) throws LeaseFailure {
    try {
      Thread.ofPlatform().daemon().name("look at files").stackSize(STACK).start(task);
    } catch (OutOfMemoryError e) {
      free.release();
      throw new LeaseFailure(
          LeaseFailure.Kind.UNAVAILABLE, what + ": the system gives no further thread", e);
    }
  }

  private <T> T await(String what, FutureTask<T> task) throws LeaseFailure {
    try {
      return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw late(what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw late(what, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LeaseFailure failure) {
        throw failure;
      }
      throw new IllegalStateException(what, e.getCause());
    }
  }

  private LeaseFailure late(String what, Exception e) {
    return new LeaseFailure(
        LeaseFailure.Kind.UNAVAILABLE,
        what
            + ": its storage did not answer within "
            + limit.toSeconds()
            + " s; look at the storage, then try again",
        e);
  }
}
