// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import java.io.Serial;
import java.util.OptionalInt;

/**
 * A configuration file that cannot be used; the message names the file, the line and the remedy.
 */
public final class ConfException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String words;
  private final int line;

  private ConfException(int line, String message) {
    super(message);
    this.words = message;
    this.line = line;
  }

  /** What is wrong with a line of a file. */
  static ConfException at(String file, int line, String message) {
    return new ConfException(line, file + ":" + line + ": " + message);
  }

  /** What is wrong with a file as a whole. */
  static ConfException of(String file, String message) {
    return new ConfException(0, file + ": " + message);
  }

  /** The message. */
  public String words() {
    return words;
  }

  /** The line it is about, from 1, if it is about one. */
  public OptionalInt line() {
    return line == 0 ? OptionalInt.empty() : OptionalInt.of(line);
  }
}
