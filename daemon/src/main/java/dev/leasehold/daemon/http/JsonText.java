// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.http;

import java.util.List;
import java.util.Map;

/** Writes JSON from maps, lists, texts, numbers and booleans; null is no value here. */
final class JsonText {
  private JsonText() {}

  static String of(Object value) {
    StringBuilder text = new StringBuilder();
    write(text, value);
    return text.toString();
  }

  private static void write(StringBuilder text, Object value) {
    switch (value) {
      case Map<?, ?> map -> {
        String separator = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          text.append(separator);
          string(text, entry.getKey().toString());
          text.append(':');
          write(text, entry.getValue());
          separator = ",";
        }
        text.append(map.isEmpty() ? "{}" : "}");
      }
      case List<?> list -> {
        String separator = "[";
        for (Object item : list) {
          text.append(separator);
          write(text, item);
          separator = ",";
        }
        text.append(list.isEmpty() ? "[]" : "]");
      }
      case Number number -> text.append(number);
      case Boolean truth -> text.append(truth);
      default -> string(text, value.toString());
    }
  }

  private static void string(StringBuilder text, String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ' || c == '<' || Character.isSurrogate(c)) {
        text.append("\\u").append(String.format("%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }
}
