// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.node;

import java.io.Serial;

/** A daemon's refusal. */
public final class NodeException extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  private final int code;

  /**
   * A refusal.
   *
   * @param code as sanlock's clients see it, negative
   * @param message words
   */
  public NodeException(int code, String message) {
    super(message);
    this.code = code;
  }

  /** As sanlock's clients see it, negative. */
  public int code() {
    return code;
  }
}
