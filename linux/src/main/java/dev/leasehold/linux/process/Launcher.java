// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.process;

import dev.leasehold.linux.Privileges;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Starts programs that nobody waits for. The JDK reaps them. Thread-safe. */
final class Launcher {

  /**
   * How long a start is waited for. Short, because many holders are stopped one after the other
   * when their storage is gone, and the programs may be on that storage.
   */
  static final Duration PATIENCE = Duration.ofMillis(500);

  private static final File DEV_NULL = new File("/dev/null");

  private final Privileges privileges;
  private final Predicate<List<String>> starter;

  /** Starts that took longer: whoever asks for the same again waits for that one. */
  private final Map<List<String>, CompletableFuture<Boolean>> overdue = new ConcurrentHashMap<>();

  Launcher(Privileges privileges) {
    this(privileges, Launcher::startNow);
  }

  /**
   * @param starter starts a program, and tells whether it did; may hang
   */
  Launcher(Privileges privileges, Predicate<List<String>> starter) {
    this.privileges = privileges;
    this.starter = starter;
  }

  /**
   * Whether the program is known to have been started. If not, and it is asked for again while its
   * start still hangs, it is not started twice.
   */
  boolean start(List<String> argv) {
    if (argv.isEmpty()) {
      return false;
    }
    List<String> key = List.copyOf(argv);
    Optional<CompletableFuture<Boolean>> late = Optional.ofNullable(overdue.get(key));
    CompletableFuture<Boolean> started = late.orElseGet(() -> launched(key));
    boolean known = await(started);
    if (started.isDone()) {
      boolean _ = overdue.remove(key, started);
    } else {
      var _ = overdue.putIfAbsent(key, started);
    }
    return known;
  }

  private CompletableFuture<Boolean> launched(List<String> argv) {
    // On a thread of its own: exec of a file on storage that hangs does not return.
    CompletableFuture<Boolean> started = new CompletableFuture<>();
    // A thread, and the program it starts, has the rights of who started it.
    Thread _ = privileges.call(() -> launch(argv, started));
    return started;
  }

  private Thread launch(List<String> argv, CompletableFuture<Boolean> started) {
    return Thread.ofPlatform()
        .daemon()
        .name("leasehold-launcher")
        .start(() -> started.complete(starter.test(argv)));
  }

  private static boolean startNow(List<String> argv) {
    try {
      Process _ =
          new ProcessBuilder(argv)
              .redirectInput(Redirect.from(DEV_NULL))
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start();
      return true;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  private static boolean await(CompletableFuture<Boolean> started) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (true) {
        try {
          return started.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException | TimeoutException e) {
          return false;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
