// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.port.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Independent leases go to the disk side by side (docs/spec/algorithms.md 8, item 14). */
final class Parallel {
  private static final Duration LONG = Duration.ofHours(1);

  private Parallel() {}

  /**
   * Runs every job and returns when all have ended. A single one runs on the calling task.
   *
   * @param jobs each bounded by its own deadlines
   */
  static void run(Tasks tasks, String name, List<Runnable> jobs) {
    if (jobs.size() == 1) {
      jobs.getFirst().run();
      return;
    }
    List<Tasks.Task> started = new ArrayList<>();
    try {
      for (Runnable job : jobs) {
        started.add(tasks.start(name, job));
      }
    } finally {
      // Even if not all could be started: none goes on behind the caller's back.
      awaitAll(started);
    }
  }

  private static void awaitAll(List<Tasks.Task> tasks) {
    for (Tasks.Task task : tasks) {
      // A job that waits for a dead owner takes long; its wait can be called off.
      boolean ended = false;
      while (!ended) {
        ended = task.join(LONG);
      }
    }
  }
}
