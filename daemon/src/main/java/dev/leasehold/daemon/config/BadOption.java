// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.config;

/** A value that cannot be used; the message says which, where, and what is expected. */
public final class BadOption extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param words for an administrator
   */
  public BadOption(String words) {
    super(words);
  }

  /** The words. */
  public String words() {
    return String.valueOf(getMessage());
  }
}
