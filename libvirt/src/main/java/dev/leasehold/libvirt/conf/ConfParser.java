// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Accepts and refuses what libvirt does, in its words (docs/spec/libvirt-sanlock.md 2.2, and the
 * real parser asked, see {@code RealParserTest}). Stricter where libvirt goes wrong silently: a
 * number that does not fit 64 bits and text that is not UTF-8 are errors.
 */
final class ConfParser {
  /** Deeper lists are refused: no key takes one, and each level costs stack. */
  private static final int DEEPEST = 64;

  private static final int END = -1;
  private static final int TRIPLE = 3;

  private final String file;
  private final byte[] content;
  private int at;
  private int line = 1;

  ConfParser(String file, byte[] content) {
    this.file = file;
    this.content = content;
  }

  List<ConfFile.Setting> parse() throws ConfException {
    List<ConfFile.Setting> settings = new ArrayList<>();
    while (at < content.length) {
      statement(settings);
      skipBlanks();
      if (at < content.length) {
        separator();
      }
    }
    return settings;
  }

  private void separator() throws ConfException {
    if (!isEol(current()) && current() != ';') {
      throw fault("expecting a separator", "one assignment on a line, or ; between them");
    }
    step();
    skipBlanksAndEols();
  }

  private void statement(List<ConfFile.Setting> settings) throws ConfException {
    skipBlanksAndEols();
    if (current() == '#') {
      skipComment();
      return;
    }
    int start = line;
    String key = name();
    skipBlanks();
    if (current() != '=') {
      throw fault("expecting an assignment", "KEY = VALUE on one line");
    }
    step();
    skipBlanks();
    settings.add(new ConfFile.Setting(key, value(0), start));
    skipBlanks();
    if (current() == '#') {
      skipComment();
    }
  }

  private String name() throws ConfException {
    int start = at;
    if (!isLetter(current())) {
      throw fault("expecting a name", "a key, which begins with a letter");
    }
    while (isLetter(current()) || isDigit(current()) || current() == '_') {
      step();
    }
    return new String(content, start, at - start, StandardCharsets.US_ASCII);
  }

  private ConfValue value(int depth) throws ConfException {
    int c = current();
    if (c == '"' || c == '\'') {
      return new ConfValue.Text(string(c));
    }
    if (c == '[') {
      return list(depth);
    }
    if (isDigit(c) || c == '-' || c == '+') {
      return number();
    }
    throw fault("expecting a value", "a number, a string in quotes, or a list in [ ]");
  }

  private ConfValue number() throws ConfException {
    boolean negative = current() == '-';
    if (negative || current() == '+') {
      step();
    }
    int start = at;
    while (isDigit(current())) {
      step();
    }
    if (at == start) {
      throw fault("unterminated number", "digits after the sign");
    }
    String digits = new String(content, start, at - start, StandardCharsets.US_ASCII);
    try {
      return new ConfValue.Whole(Long.parseLong(negative ? "-" + digits : digits), negative);
    } catch (NumberFormatException e) {
      throw fault("number out of range", "at most 63 bits");
    }
  }

  private String string(int quote) throws ConfException {
    // libvirt takes """ for an opening only with four more bytes behind it.
    if (quote == '"' && tripleAt(at) && content.length - at > 2 * TRIPLE) {
      return tripleString();
    }
    int start = at + 1;
    int end = start;
    while (end < content.length && content[end] != quote && !isEol(content[end])) {
      end++;
    }
    if (end == content.length || content[end] != quote) {
      throw fault("unterminated string", "the closing quote on the same line");
    }
    at = end + 1;
    return text(start, end);
  }

  private String tripleString() throws ConfException {
    at += TRIPLE;
    int start = at;
    while (content.length - at >= TRIPLE && !tripleAt(at)) {
      step();
    }
    if (!tripleAt(at)) {
      throw fault("unterminated string", "the closing \"\"\"");
    }
    int end = at;
    at += TRIPLE;
    return text(start, end);
  }

  private boolean tripleAt(int position) {
    return content.length - position >= TRIPLE
        && content[position] == '"'
        && content[position + 1] == '"'
        && content[position + 2] == '"';
  }

  private String text(int start, int end) throws ConfException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(content, start, end - start))
          .toString();
    } catch (CharacterCodingException e) {
      throw fault("text that is not UTF-8", "UTF-8");
    }
  }

  private ConfValue list(int depth) throws ConfException {
    if (depth == DEEPEST) {
      throw fault("lists in lists in lists", "at most " + DEEPEST + " deep");
    }
    step();
    skipBlanksAndEols();
    List<ConfValue> items = new ArrayList<>();
    boolean more = at < content.length && current() != ']';
    while (more) {
      items.add(value(depth + 1));
      skipBlanksAndEols();
      more = comma();
    }
    if (current() != ']') {
      throw fault("list is not closed with ]", "] or a comma");
    }
    step();
    return new ConfValue.Items(items);
  }

  /** Whether another item follows; one comma may stand before the closing bracket. */
  private boolean comma() throws ConfException {
    if (at == content.length || current() == ']') {
      return false;
    }
    if (current() != ',') {
      throw fault("expecting a separator in list", "a comma; no comment may stand in a list");
    }
    step();
    skipBlanksAndEols();
    return current() != ']';
  }

  private void skipComment() {
    while (at < content.length && !isEol(current())) {
      step();
    }
  }

  private void skipBlanks() {
    while (isBlank(current())) {
      step();
    }
  }

  private void skipBlanksAndEols() {
    while (isBlank(current()) || isEol(current())) {
      step();
    }
  }

  private int current() {
    return at < content.length ? content[at] : END;
  }

  /** A carriage return ends a line, but only a line feed counts as one. */
  private void step() {
    if (content[at] == '\n') {
      line++;
    }
    at++;
  }

  private static boolean isBlank(int c) {
    return c == ' ' || c == '\t';
  }

  private static boolean isEol(int c) {
    return c == '\n' || c == '\r';
  }

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private ConfException fault(String libvirtsWords, String accepted) {
    return ConfException.at(file, line, libvirtsWords + "; accepted is " + accepted);
  }
}
