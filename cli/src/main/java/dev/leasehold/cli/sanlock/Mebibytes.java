// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.sanlock.text.CNumbers;

/**
 * Offsets that carry an {@code M}, in lockspaces and resources on the command line: found after the
 * third plain colon, escaped or not, as the original finds them (docs/spec/wire.md 7.1).
 */
final class Mebibytes {
  private static final int COLONS = 3;
  private static final long MIB = 1 << 20;

  private Mebibytes() {}

  static String inLockspace(String text) {
    return inResource(text);
  }

  static String inResource(String text) {
    int start = afterColons(text);
    int letter = start < 0 ? -1 : text.indexOf('M', start);
    if (letter < 0) {
      return text;
    }
    String number = text.substring(start, letter);
    if (number.isEmpty() || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return text;
    }
    return text.substring(0, start)
        + Long.toUnsignedString(CNumbers.atoll(number) * MIB)
        + text.substring(letter + 1);
  }

  private static int afterColons(String text) {
    int at = -1;
    for (int i = 0; i < COLONS; i++) {
      at = text.indexOf(':', at + 1);
      if (at < 0) {
        return -1;
      }
    }
    return at + 1;
  }
}
