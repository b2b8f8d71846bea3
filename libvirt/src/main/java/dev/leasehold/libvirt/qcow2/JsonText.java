// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.qcow2;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the little JSON that a {@code json:} name is: objects as maps, text as strings. */
final class JsonText {
  private static final int DEEPEST = 32;

  private final String image;
  private final String text;
  private int at;

  private JsonText(String image, String text) {
    this.image = image;
    this.text = text;
  }

  /** Maps, lists, strings; numbers and the three words as their text in a {@link Word}. */
  static Object parse(String image, String text) throws ImageException {
    JsonText reader = new JsonText(image, text);
    Object value = reader.value(0);
    reader.blanks();
    if (reader.at != text.length()) {
      throw reader.fault();
    }
    return value;
  }

  /** A number, true, false or null. */
  record Word(String text) {}

  private Object value(int depth) throws ImageException {
    if (depth > DEEPEST) {
      throw fault();
    }
    blanks();
    char c = current();
    return switch (c) {
      case '{' -> object(depth);
      case '[' -> list(depth);
      case '"' -> string();
      default -> word();
    };
  }

  private Map<String, Object> object(int depth) throws ImageException {
    Map<String, Object> members = new LinkedHashMap<>();
    expect('{');
    blanks();
    if (current() == '}') {
      at++;
      return members;
    }
    while (true) {
      blanks();
      String name = string();
      blanks();
      expect(':');
      members.put(name, value(depth + 1));
      blanks();
      if (current() == '}') {
        at++;
        return members;
      }
      expect(',');
    }
  }

  private List<Object> list(int depth) throws ImageException {
    List<Object> items = new ArrayList<>();
    expect('[');
    blanks();
    if (current() == ']') {
      at++;
      return items;
    }
    while (true) {
      items.add(value(depth + 1));
      blanks();
      if (current() == ']') {
        at++;
        return items;
      }
      expect(',');
    }
  }

  private Word word() throws ImageException {
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || "+-.".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    if (at == start) {
      throw fault();
    }
    return new Word(text.substring(start, at));
  }

  private String string() throws ImageException {
    expect('"');
    StringBuilder made = new StringBuilder();
    while (current() != '"') {
      char c = current();
      at++;
      made.append(c == '\\' ? escaped() : c);
    }
    at++;
    if (made.indexOf("\0") >= 0) {
      throw fault();
    }
    return made.toString();
  }

  private char escaped() throws ImageException {
    char c = current();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw fault();
    };
  }

  private char unicode() throws ImageException {
    if (text.length() - at < 4) {
      throw fault();
    }
    try {
      char c = (char) Integer.parseUnsignedInt(text, at, at + 4, 16);
      at += 4;
      return c;
    } catch (NumberFormatException e) {
      throw fault();
    }
  }

  private void blanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char current() throws ImageException {
    if (at >= text.length()) {
      throw fault();
    }
    return text.charAt(at);
  }

  private void expect(char c) throws ImageException {
    if (current() != c) {
      throw fault();
    }
    at++;
  }

  private ImageException fault() {
    return new ImageException(image, "the json: name of its backing file is malformed");
  }
}
