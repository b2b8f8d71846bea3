// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.socket;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Accepts the connections of one listener until that is closed. Neither want of descriptors or
 * memory nor a fault with one connection ends it: it pauses, and those who wait are served later.
 *
 * @param listener where clients come from
 * @param admit serves or refuses a connection, quickly: the next one waits for that
 * @param trouble is told in words what went wrong
 */
public record AcceptLoop(
    StreamListener listener, Consumer<StreamConnection> admit, Consumer<String> trouble)
    implements Runnable {
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** Returns when the listener is closed. */
  @Override
  public void run() {
    while (true) {
      try {
        admit.accept(listener.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        trouble.accept("no connection can be accepted: " + e.getMessage());
        pause();
      } catch (RuntimeException e) {
        trouble.accept("a connection could not be served: " + e);
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
