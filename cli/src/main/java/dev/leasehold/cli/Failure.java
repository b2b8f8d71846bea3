// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import java.io.Serial;

/**
 * A command cannot do what it was asked to. The message is for people: it names the file, host,
 * guest or option concerned, what is wrong and what to do next.
 */
public final class Failure extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final ExitCode code;
  private final String words;

  /**
   * @param code what to exit with
   * @param message one or more lines without a newline at the end
   */
  public Failure(ExitCode code, String message) {
    super(message);
    this.code = code;
    this.words = message;
  }

  /** As the other, with what it came from, for debugging. */
  public Failure(ExitCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
    this.words = message;
  }

  /** The message. */
  public String words() {
    return words;
  }

  /** What to exit with. */
  public ExitCode code() {
    return code;
  }
}
