// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

/**
 * The typed fault of the lease layers: a code that clients of the {@code sanlock} socket see as a
 * number, and a detail for people that names what was found and what was expected.
 */
public class LeaseException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final String detail;

  /** A fault found by a check. */
  public LeaseException(ErrorCode code, String detail) {
    super(message(code, detail));
    this.code = code;
    this.detail = detail;
  }

  /** A fault with the lower-level exception that led to it. */
  public LeaseException(ErrorCode code, String detail, Throwable cause) {
    super(message(code, detail), cause);
    this.code = code;
    this.detail = detail;
  }

  private static String message(ErrorCode code, String detail) {
    return detail + " (" + code.name() + ", " + code.number() + ")";
  }

  /** Which of the known faults this is. */
  public ErrorCode code() {
    return code;
  }

  /** What was found, without the code. */
  public String detail() {
    return detail;
  }
}
