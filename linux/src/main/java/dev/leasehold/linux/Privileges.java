// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import dev.leasehold.linux.ffi.AccountCalls;
import dev.leasehold.linux.ffi.Errno;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

/**
 * As whom signals are sent and programs started.
 *
 * <p>A daemon that root starts acts as another user, so that it reaches lease files as that user
 * does (an NFS server that squashes root, for one), but holders belong to anybody, and programs
 * that stop them are run as root. The original keeps a helper process for this
 * (docs/spec/algorithms.md 7.4); here one thread stays root, because the kernel keeps the user of
 * each thread apart.
 */
public interface Privileges {

  /** Does it with the rights that are left for this. Not for work that blocks. */
  <T> T call(Supplier<T> work);

  /** Whatever this process is: nothing was given up. */
  static Privileges asWeAre() {
    return new Privileges() {
      @Override
      public <T> T call(Supplier<T> work) {
        return work.get();
      }
    };
  }

  /**
   * From now on every thread of this process acts as the account, except one for {@link #call}.
   *
   * @param account not root
   * @throws IOException if it may not be done; the process may be left half changed and must end
   */
  static Privileges actAs(Account account) throws IOException {
    require(AccountCalls.initGroups(account.user(), account.gid()), account);
    require(AccountCalls.actAsGroup(account.gid()), account);
    require(AccountCalls.actAsUser(account.uid()), account);
    RootThread thread = new RootThread();
    int result = thread.call(AccountCalls::thisThreadActsAsRoot);
    require(result, account);
    return thread;
  }

  private static void require(int result, Account account) throws IOException {
    if (result < 0) {
      throw new IOException(
          "cannot act as user " + account.user() + ": " + Errno.describe(-result));
    }
  }

  /** The thread that stays root. */
  final class RootThread implements Privileges {
    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();

    RootThread() {
      Thread.ofPlatform().daemon().name("leasehold-root").start(this::serve);
    }

    private void serve() {
      while (true) {
        try {
          queue.take().run();
        } catch (InterruptedException e) {
          // Nobody does that; and whoever did could not want that nobody can be killed any more.
        }
      }
    }

    @Override
    public <T> T call(Supplier<T> work) {
      CompletableFuture<T> done = new CompletableFuture<>();
      queue.add(
          () -> {
            try {
              done.complete(work.get());
            } catch (RuntimeException | Error e) {
              done.completeExceptionally(e);
            }
          });
      return done.join();
    }
  }
}
