// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.Terminal;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Says messages on a thread of its own. A terminal that takes none (Ctrl-S, a full pipe) stops
 * whoever writes to it: that must not be who renews, tells the guard or ends the command.
 * Thread-safe.
 */
final class Announcer implements AutoCloseable {
  /** Beyond so many that wait, messages are dropped. */
  private static final int ROOM = 100;

  private final Terminal terminal;
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(ROOM),
          Thread.ofPlatform().daemon().name("messages").factory(),
          new ThreadPoolExecutor.DiscardPolicy());

  Announcer(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Returns at once. */
  void say(String message) {
    thread.execute(() -> terminal.say(message));
  }

  /** Waits until all is said. */
  @Override
  public void close() {
    thread.close();
  }
}
