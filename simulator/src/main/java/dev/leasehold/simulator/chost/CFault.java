// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.chost;

import java.io.Serial;

/** A result of the original: a negative number (docs/spec/algorithms.md A). */
public final class CFault extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  static final int TIMEOUT = -202;

  private final int result;

  CFault(int result) {
    super("result " + result);
    this.result = result;
  }

  /** The number. */
  public int result() {
    return result;
  }
}
