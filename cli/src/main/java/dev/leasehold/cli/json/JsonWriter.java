// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.json;

import java.util.List;
import java.util.Map;

/** Renders {@link Json} for people and programs, ASCII control escaped. */
public final class JsonWriter {
  private static final String HEX = "0123456789abcdef";
  private final StringBuilder text = new StringBuilder();

  private final boolean onOneLine;

  private JsonWriter(boolean onOneLine) {
    this.onOneLine = onOneLine;
  }

  /** The value as text, two spaces a level, without a newline at the end. */
  public static String render(Json value) {
    return render(value, false);
  }

  /** The value on one line, without a newline at the end. */
  public static String line(Json value) {
    return render(value, true);
  }

  private static String render(Json value, boolean onOneLine) {
    JsonWriter writer = new JsonWriter(onOneLine);
    writer.write(value, 0);
    return writer.text.toString();
  }

  private void write(Json value, int level) {
    switch (value) {
      case Json.Text string -> string(string.value());
      case Json.Whole number -> text.append(number.value());
      case Json.Unsigned number -> text.append(Long.toUnsignedString(number.value()));
      case Json.Bool bool -> text.append(bool.value());
      case Json.Null ignored -> text.append("null");
      case Json.Array array -> array(array.items(), level);
      case Json.Members object -> members(object.members(), level);
    }
  }

  private void array(List<Json> items, int level) {
    String separator = "[";
    for (Json item : items) {
      text.append(separator);
      newLine(level + 1);
      write(item, level + 1);
      separator = ",";
    }
    close(items.isEmpty(), '[', ']', level);
  }

  private void members(Map<String, Json> members, int level) {
    String separator = "{";
    for (Map.Entry<String, Json> member : members.entrySet()) {
      text.append(separator);
      newLine(level + 1);
      string(member.getKey());
      text.append(": ");
      write(member.getValue(), level + 1);
      separator = ",";
    }
    close(members.isEmpty(), '{', '}', level);
  }

  private void close(boolean empty, char open, char close, int level) {
    if (empty) {
      text.append(open);
    } else {
      newLine(level);
    }
    text.append(close);
  }

  private void newLine(int level) {
    if (!onOneLine) {
      text.append('\n').repeat("  ", level);
    }
  }

  private void string(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7F || loneSurrogate(value, i)) {
            escape(c);
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }

  private void escape(char c) {
    text.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      text.append(HEX.charAt((c >>> shift) & 0xF));
    }
  }

  private static boolean loneSurrogate(String value, int i) {
    char c = value.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 == value.length() || !Character.isLowSurrogate(value.charAt(i + 1));
    }
    return Character.isLowSurrogate(c)
        && (i == 0 || !Character.isHighSurrogate(value.charAt(i - 1)));
  }
}
