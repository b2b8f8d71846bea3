// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

/** A host, of whichever kind, said no. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1L;
  private final int code;

  /**
   * @param code as on sanlock's wire: negative
   */
  Refused(int code, String message, Exception cause) {
    super(code + ": " + message, cause);
    this.code = code;
  }

  int code() {
    return code;
  }

  /** Something that may be refused. */
  interface Attempt {
    void run() throws Exception;
  }

  /** The code with which it is refused; 0 if it is not. */
  static int codeOf(Attempt attempt) throws Exception {
    try {
      attempt.run();
      return 0;
    } catch (Refused e) {
      return e.code();
    }
  }
}
