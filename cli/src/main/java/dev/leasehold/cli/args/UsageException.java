// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.args;

import java.io.Serial;

/** The command line cannot be understood; the message says what is wrong and what is expected. */
public final class UsageException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String words;

  /**
   * @param message what is wrong with which argument, and what is accepted
   */
  public UsageException(String message) {
    super(message);
    this.words = message;
  }

  /** The message. */
  public String words() {
    return words;
  }
}
