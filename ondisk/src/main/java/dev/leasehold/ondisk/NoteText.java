// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.nio.charset.StandardCharsets;

/** Texts of a holder's note: made harmless for a terminal, and cut to a number of bytes. */
final class NoteText {
  private static final String ELLIPSIS = "\u2026";
  private static final int REPLACEMENT = 0xFFFD;

  private NoteText() {}

  /** Bytes of UTF-8. */
  static int size(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Replaces what is no character, and what could move a terminal's cursor or reverse its text. */
  static String clean(String text) {
    return text.codePoints()
        .map(c -> isHarmless(c) ? c : REPLACEMENT)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isHarmless(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** The text, or as much of its start as fits with an ellipsis. */
  static String cutEnd(String text, int bytes) {
    if (size(text) <= bytes) {
      return text;
    }
    int left = bytes - size(ELLIPSIS);
    int end = 0;
    for (int c = text.codePointAt(end); size(c) <= left; c = text.codePointAt(end)) {
      left -= size(c);
      end += Character.charCount(c);
    }
    return text.substring(0, end) + ELLIPSIS;
  }

  /** The text, or as much of its end as fits after an ellipsis: a path's end tells most. */
  static String cutStart(String text, int bytes) {
    if (size(text) <= bytes) {
      return text;
    }
    int left = bytes - size(ELLIPSIS);
    int start = text.length();
    for (int c = text.codePointBefore(start); size(c) <= left; c = text.codePointBefore(start)) {
      left -= size(c);
      start -= Character.charCount(c);
    }
    return ELLIPSIS + text.substring(start);
  }

  private static int size(int codePoint) {
    if (codePoint < 0x80) {
      return 1;
    }
    if (codePoint < 0x800) {
      return 2;
    }
    return codePoint < 0x10000 ? 3 : 4;
  }
}
