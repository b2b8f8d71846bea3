// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.Terminal;
import java.util.Optional;
import java.util.function.Supplier;

/** Renews the progress line once a second for as long as something is waited for. */
final class Ticker implements AutoCloseable {
  private static final long SECOND_MILLIS = 1000;

  private final Terminal terminal;
  private final Supplier<Optional<String>> line;
  private boolean closed;

  private Ticker(Terminal terminal, Supplier<Optional<String>> line) {
    this.terminal = terminal;
    this.line = line;
  }

  /**
   * Starts it.
   *
   * @param line what is waited for; empty if there is nothing to say
   */
  static Ticker start(Terminal terminal, boolean quiet, Supplier<Optional<String>> line) {
    Ticker ticker = new Ticker(terminal, line);
    if (terminal.showsProgress() && !quiet) {
      Thread.ofVirtual().name("progress").start(ticker::run);
    }
    return ticker;
  }

  private synchronized void run() {
    while (!closed) {
      line.get().ifPresent(terminal::progress);
      try {
        wait(SECOND_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
    terminal.endProgress();
  }
}
