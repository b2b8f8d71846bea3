// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.process;

import dev.leasehold.linux.Privileges;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts programs that nobody waits for. The JDK reaps them. Thread-safe. */
final class Launcher {

  /** How long a start may take before it counts as not started. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final File DEV_NULL = new File("/dev/null");

  private final Privileges privileges;

  Launcher(Privileges privileges) {
    this.privileges = privileges;
  }

  /** Whether the program is known to have been started. */
  boolean start(List<String> argv) {
    if (argv.isEmpty()) {
      return false;
    }
    // On a thread of its own: exec of a file on storage that hangs does not return.
    CompletableFuture<Boolean> started = new CompletableFuture<>();
    // A thread, and the program it starts, has the rights of who started it.
    Thread _ = privileges.call(() -> launch(argv, started));
    return await(started);
  }

  private static Thread launch(List<String> argv, CompletableFuture<Boolean> started) {
    return Thread.ofPlatform()
        .daemon()
        .name("leasehold-launcher")
        .start(() -> started.complete(startNow(argv)));
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
