// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Receives SIGHUP, SIGINT and SIGTERM, and keeps the JVM from ending by them.
 *
 * <p>The JDK has no supported way to handle a signal, except that these three start the JVM's
 * shutdown, which waits for its hooks. So this is a hook that stays until the process ends by
 * {@link Runtime#halt}. Which signal it was is told by the name of the thread that the JVM started
 * for it, and so are later signals. SIGQUIT cannot be had: the JVM prints its threads then.
 */
public final class Signals {
  private static final int SIGHUP = 1;
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;
  private static final Map<String, Integer> HANDLER_THREADS =
      Map.of("SIGHUP handler", SIGHUP, "SIGINT handler", SIGINT, "SIGTERM handler", SIGTERM);
  private static final long POLL_MILLIS = 100;

  private final IntConsumer action;
  private final Consumer<String> trouble;
  private final Set<Thread> seen = new HashSet<>();

  Signals(IntConsumer action, Consumer<String> trouble) {
    this.action = action;
    this.trouble = trouble;
  }

  /**
   * From now on these signals call {@code action} with their number, once each, on a thread of the
   * JVM. The process then ends only by {@link Runtime#halt}.
   */
  @SuppressWarnings("SystemOut") // what else a command has
  public static void handle(IntConsumer action) {
    handle(action, System.err::println);
  }

  /** The same. If {@code action} fails, {@code trouble} is told, and the process goes on. */
  public static void handle(IntConsumer action, Consumer<String> trouble) {
    Signals signals = new Signals(action, trouble);
    Runtime.getRuntime().addShutdownHook(new Thread(signals::stay, "signals"));
  }

  private void stay() {
    boolean first = true;
    while (true) {
      int number = next();
      if (number == 0 && first) {
        number = SIGTERM; // a JVM that names its threads otherwise
      }
      first = false;
      if (number == 0) {
        pause();
      } else {
        act(number);
      }
    }
  }

  /** Should this fail, the hook would end, and with it the JVM and its hold on every lease. */
  void act(int number) {
    try {
      action.accept(number);
    } catch (RuntimeException e) {
      trouble.accept("internal error, signal " + number + " is not obeyed: " + e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      // Nobody does that, and there is nothing to do about it: signals go on being looked for.
    }
  }

  /** A signal that was not seen yet; 0 if there is none. */
  private int next() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    Thread[] threads = new Thread[group.activeCount() + 16];
    int count = group.enumerate(threads, true);
    for (int i = 0; i < count; i++) {
      Integer number = HANDLER_THREADS.get(threads[i].getName());
      if (number != null && seen.add(threads[i])) {
        return number;
      }
    }
    return 0;
  }
}
