// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs steps side by side and waits for all. */
final class Both {
  private Both() {}

  /** Something that may fail. */
  interface Step {
    void run() throws Exception;
  }

  /** Throws the first failure. */
  static void run(Step... steps) throws Exception {
    run(List.of(steps));
  }

  /** Throws the first failure. */
  static void run(List<Step> steps) throws Exception {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<?>> started = new ArrayList<>();
      for (Step step : steps) {
        Callable<Void> body =
            () -> {
              step.run();
              return null;
            };
        started.add(threads.submit(body));
      }
      for (Future<?> future : started) {
        future.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    }
  }
}
