// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Why something could not be done, in words for an administrator. */
final class WhyNot {
  private WhyNot() {}

  /** The JDK's own words for these two are the path and nothing else. */
  static String words(Exception failure) {
    return switch (failure) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file or directory";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case IOException io -> String.valueOf(io.getMessage());
      default -> failure.toString();
    };
  }
}
