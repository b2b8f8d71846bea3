// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.Printable;
import java.util.ArrayList;
import java.util.List;

/** A line of a screen: pieces of text with their colours, cut where the screen ends. */
final class Spans {
  private final List<Span> spans = new ArrayList<>();

  /** How a piece looks; without colours all look alike. */
  enum Look {
    PLAIN(""),
    STRONG("1"),
    FAINT("2"),
    GOOD("32"),
    WARNING("33"),
    BAD("31"),
    PLOT("36"),
    BAR("7");

    private final String sgr;

    Look(String sgr) {
      this.sgr = sgr;
    }
  }

  private record Span(String text, Look look) {}

  /** Adds a piece; control characters in it are made visible. */
  Spans add(String text, Look look) {
    put(Printable.line(text), look);
    return this;
  }

  /** Neighbours that look alike become one piece: fewer escape sequences. */
  private void put(String safe, Look look) {
    boolean joins = !spans.isEmpty() && spans.getLast().look() == look;
    String before = joins ? spans.removeLast().text() : "";
    spans.add(new Span(before + safe, look));
  }

  Spans add(String text) {
    return add(text, Look.PLAIN);
  }

  /** Adds a piece and spaces, or cuts it, so that it takes so many columns and a space. */
  Spans cell(String text, int width, Look look) {
    String safe = Printable.line(text);
    int length = safe.codePointCount(0, safe.length());
    String cut =
        length > width ? safe.substring(0, safe.offsetByCodePoints(0, Math.max(0, width))) : safe;
    put(cut + " ".repeat(Math.max(0, width - length)) + " ", look);
    return this;
  }

  int width() {
    return spans.stream()
        .mapToInt(span -> span.text().codePointCount(0, span.text().length()))
        .sum();
  }

  /** Fills up with spaces. */
  Spans fill(int width, Look look) {
    put(" ".repeat(Math.max(0, width - width())), look);
    return this;
  }

  /** The line, at most so wide, without spaces at its end. */
  String render(int width, boolean colours) {
    StringBuilder text = new StringBuilder();
    int left = width;
    for (Span span : spans) {
      int length = span.text().codePointCount(0, span.text().length());
      String part =
          length <= left
              ? span.text()
              : span.text().substring(0, span.text().offsetByCodePoints(0, left));
      left -= Math.min(left, length);
      boolean coloured = colours && !span.look().sgr.isEmpty() && !part.isEmpty();
      text.append(coloured ? "\033[" + span.look().sgr + "m" + part + "\033[0m" : part);
    }
    return colours ? text.toString() : text.toString().stripTrailing();
  }
}
