// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.text;

/** A text that is none of what it should be. */
public final class TextFault extends Exception {
  private static final long serialVersionUID = 1L;

  private final int code;

  TextFault(int code, String message) {
    super(message);
    this.code = code;
  }

  /** What libsanlock returns for it: -1, -2 or -6. */
  public int code() {
    return code;
  }
}
