// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

/**
 * Makes text from disks, processes and users safe to show: what another host wrote into a lease
 * must not move the cursor of the terminal on which it is read.
 */
public final class Printable {
  private Printable() {}

  /** One line: every control character, newlines too, as an escape such as {@code \n}. */
  public static String line(String text) {
    return make(text, false);
  }

  /** As {@link #line}, but newlines stay. */
  public static String lines(String text) {
    return make(text, true);
  }

  private static String make(String text, boolean keepNewlines) {
    StringBuilder made = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if ((c == '\n' && keepNewlines) || !isControl(c)) {
                made.appendCodePoint(c);
              } else {
                escape(made, c);
              }
            });
    return made.toString();
  }

  private static boolean isControl(int c) {
    int type = Character.getType(c);
    return Character.isISOControl(c)
        || type == Character.FORMAT
        || type == Character.SURROGATE
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  private static void escape(StringBuilder made, int c) {
    switch (c) {
      case '\n' -> made.append("\\n");
      case '\r' -> made.append("\\r");
      case '\t' -> made.append("\\t");
      default -> {
        String hex = Integer.toHexString(c);
        made.append("\\u").repeat('0', Math.max(0, 4 - hex.length())).append(hex);
      }
    }
  }
}
