// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

/** The command line is not one; what is printed about it, in the original's words. */
final class Complaint extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param lines without a final line break
   */
  Complaint(String lines) {
    super(lines);
  }

  String lines() {
    return String.valueOf(getMessage());
  }
}
