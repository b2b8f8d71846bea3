// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.libvirt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Long stories that run at the same time; each is a test that waits for its end. */
final class SideBySide implements AutoCloseable {
  private final ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Future<?>> running = new HashMap<>();

  /** One of them. */
  interface Story {
    void tell() throws Exception;
  }

  void begin(String name, Story story) {
    running.put(name, submit(pool, story));
  }

  private static Future<?> submit(ExecutorService pool, Story story) {
    return pool.submit(
        () -> {
          story.tell();
          return story;
        });
  }

  /** Its end, and how it failed if it did. */
  void await(String name) throws Exception {
    Future<?> story = running.get(name);
    if (story == null) {
      throw new AssertionError("no story " + name);
    }
    await(story);
  }

  private static void await(Future<?> story) throws Exception {
    try {
      story.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Error error -> throw error;
        case Exception exception -> throw exception;
        case Throwable other -> throw new AssertionError(other);
        case null -> throw e;
      }
    }
  }

  /** Both to their ends; the first failure is thrown. */
  static void both(Story one, Story other) throws Exception {
    List<Future<?>> ends = new ArrayList<>();
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      ends.add(submit(pool, one));
      ends.add(submit(pool, other));
    }
    for (Future<?> end : ends) {
      await(end);
    }
  }

  /** Waits for all that were begun: each takes its own lab down. */
  @Override
  public void close() {
    pool.close();
  }
}
