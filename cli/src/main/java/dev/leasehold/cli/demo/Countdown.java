// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.demo;

import dev.leasehold.cli.Terminal;
import java.time.Duration;

/** Shows how long is left: on a terminal a line that counts, else one line at the start. */
final class Countdown {
  private static final long MILLIS_WORTH_A_WORD = 2000;

  private final Terminal terminal;
  private final String host;
  private boolean said;
  private boolean ended;
  private long until;

  Countdown(Terminal terminal, String host) {
    this.terminal = terminal;
    this.host = host;
  }

  synchronized void left(long millis) {
    if (millis < MILLIS_WORTH_A_WORD) {
      return;
    }
    until = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    if (!said) {
      said = true;
      terminal.print(
          "   " + host + ": waits for " + (millis + 500) / 1000 + " s at most, until it is sure\n");
      terminal.flush();
      if (terminal.showsProgress()) {
        Thread.ofVirtual().start(this::count);
      }
    }
  }

  private synchronized void count() {
    while (!ended) {
      long left = Math.max(0, until - System.nanoTime());
      terminal.progress(Duration.ofNanos(left).toSeconds() + " s left until kvm2 is surely gone");
      try {
        wait(500);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  synchronized void end() {
    ended = true;
    notifyAll();
    terminal.endProgress();
  }
}
