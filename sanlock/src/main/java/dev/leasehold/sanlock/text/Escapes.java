// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Backslashes in texts (docs/spec/wire.md 6.4), and splitting at what has none before it. */
public final class Escapes {
  private Escapes() {}

  /**
   * A path as texts have it: a backslash before each space and colon that is not behind one
   * already.
   */
  public static String exported(String path) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '\\' && i + 1 < path.length()) {
        text.append(c).append(path.charAt(++i));
      } else if (c == ' ' || c == ':') {
        text.append('\\').append(c);
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  /** A path from a text: every backslash is deleted. */
  public static String imported(String text) {
    return text.replace("\\", "");
  }

  /** The parts between separators that have no backslash before them; backslashes stay. */
  static List<String> split(String text, char separator, int most) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        part.append(c).append(text.charAt(++i));
      } else if (c == separator && parts.size() + 1 < most) {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    parts.add(part.toString());
    return parts;
  }

  /** The first bytes of a text in UTF-8. */
  static byte[] cut(String text, int most) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= most ? bytes : Arrays.copyOf(bytes, most);
  }

  /** Bytes of a text in UTF-8. */
  static int size(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
