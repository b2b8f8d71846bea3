// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import dev.leasehold.linux.ffi.TerminalCalls;
import java.util.Optional;

/**
 * The terminal of this process while a command fills it: keys come one by one and are not shown.
 * Closing gives it back as it was, which must also be done when a signal ends the process.
 * Thread-safe.
 */
public final class LiveTerminal implements AutoCloseable {
  private static final int INPUT = 0;
  private static final int OUTPUT = 1;

  private final Optional<byte[]> before;

  private LiveTerminal(Optional<byte[]> before) {
    this.before = before;
  }

  /**
   * How large a terminal is.
   *
   * @param rows lines, at least 1
   * @param columns characters, at least 1
   */
  public record Size(int rows, int columns) {}

  /** The size of the terminal at standard output; empty if that is none. */
  public static Optional<Size> size() {
    return TerminalCalls.size(OUTPUT).map(found -> new Size(found.rows(), found.columns()));
  }

  /** Takes the keys, if standard input is a terminal. */
  public static LiveTerminal open() {
    Optional<byte[]> before = TerminalCalls.settings(INPUT);
    before.ifPresent(settings -> TerminalCalls.set(INPUT, TerminalCalls.keyByKey(settings)));
    return new LiveTerminal(before);
  }

  /** Whether keys come from it. */
  public boolean hasKeys() {
    return before.isPresent();
  }

  /** Gives it back as it was. Idempotent. */
  @Override
  public void close() {
    before.ifPresent(settings -> TerminalCalls.set(INPUT, settings));
  }
}
