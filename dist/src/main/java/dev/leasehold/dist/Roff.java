// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import java.util.regex.Pattern;

/** Writes one man page in the macros of man(7). */
final class Roff {
  private static final Pattern CODE = Pattern.compile("`([^`]*)`");
  private static final Pattern LINK = Pattern.compile("\\[([^\\]]*)\\]\\([^)]*\\)");

  private final StringBuilder text = new StringBuilder();

  /** Begins the page. */
  Roff(String name, String section, String date, String version) {
    text.append(".\\\" SPDX-License-Identifier: Apache-2.0\n.\\\" Made by the build.\n");
    text.append(".TH ").append(name.toUpperCase(java.util.Locale.ROOT)).append(' ').append(section);
    text.append(" \"").append(date).append("\" \"leasehold ").append(version).append("\" \"\"\n");
  }

  Roff section(String title) {
    text.append(".SH ").append(quoted(title)).append('\n');
    return this;
  }

  Roff paragraph(String words) {
    text.append(".PP\n").append(escaped(words)).append('\n');
    return this;
  }

  /** An indented text below a bold term. */
  Roff item(String term, String words) {
    text.append(".TP\n\\fB").append(escaped(term)).append("\\fR\n");
    text.append(words.isEmpty() ? "\\&" : escaped(words)).append('\n');
    return this;
  }

  /** As it is, e.g. a command line. */
  Roff literal(String lines) {
    text.append(".PP\n.in +4n\n.nf\n").append(escaped(lines)).append("\n.fi\n.in\n");
    return this;
  }

  /** Lines that are roff already. */
  Roff raw(String lines) {
    text.append(lines);
    return this;
  }

  /** The page. */
  String page() {
    return text.toString();
  }

  private static String quoted(String words) {
    return "\"" + words.replace("\"", "\\(dq") + "\"";
  }

  /** Text with the marks of Markdown that our tables have, made safe for roff. */
  static String escaped(String words) {
    String plain = LINK.matcher(words).replaceAll("$1");
    String safe =
        plain
            .replace("\\", "\\e")
            .replace("-", "\\-")
            .replace("~", "\\(ti")
            .replace("^", "\\(ha")
            .replace("…", "...")
            .replace("–", "\\(en")
            .replace("×", "\\(mu");
    String marked = CODE.matcher(safe).replaceAll("\\\\fB$1\\\\fR");
    return marked
        .lines()
        .map(line -> line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line)
        .collect(java.util.stream.Collectors.joining("\n"));
  }
}
