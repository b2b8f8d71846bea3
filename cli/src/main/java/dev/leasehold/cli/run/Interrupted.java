// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import java.io.Serial;

/** A signal came before the command was started. */
final class Interrupted extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final int signal;

  Interrupted(int signal) {
    super("signal " + signal);
    this.signal = signal;
  }

  /** Its number. */
  int signal() {
    return signal;
  }
}
