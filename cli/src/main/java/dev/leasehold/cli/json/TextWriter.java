// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.json;

import dev.leasehold.cli.Printable;
import java.util.Map;

/**
 * Renders {@link Json} as indented {@code name: value} lines for people; items of a list start with
 * a dash. What is null is left out.
 */
public final class TextWriter {
  private final StringBuilder text = new StringBuilder();

  private TextWriter() {}

  /** The members of an object, each line with a newline at the end. */
  public static String render(Json.Members object) {
    TextWriter writer = new TextWriter();
    writer.members(object, "", "");
    return writer.text.toString();
  }

  private void members(Json.Members object, String first, String rest) {
    String indent = first;
    for (Map.Entry<String, Json> member : object.members().entrySet()) {
      if (member.getValue() instanceof Json.Null) {
        continue;
      }
      text.append(indent).append(member.getKey()).append(':');
      value(member.getValue(), rest);
      indent = rest;
    }
  }

  private void value(Json value, String indent) {
    switch (value) {
      case Json.Members object -> {
        text.append('\n');
        members(object, indent + "  ", indent + "  ");
      }
      case Json.Array array -> array(array, indent);
      default -> text.append(' ').append(scalar(value)).append('\n');
    }
  }

  private void array(Json.Array array, String indent) {
    boolean scalars = array.items().stream().noneMatch(item -> item instanceof Json.Members);
    if (scalars) {
      text.append(array.items().isEmpty() ? " none" : "");
      array.items().forEach(item -> text.append(' ').append(scalar(item)));
      text.append('\n');
      return;
    }
    text.append('\n');
    for (Json item : array.items()) {
      if (item instanceof Json.Members object) {
        members(object, indent + "- ", indent + "  ");
      }
    }
  }

  private static String scalar(Json value) {
    return switch (value) {
      case Json.Text string -> Printable.line(string.value());
      case Json.Whole number -> Long.toString(number.value());
      case Json.Unsigned number -> Long.toUnsignedString(number.value());
      case Json.Bool bool -> bool.value() ? "yes" : "no";
      case Json.Null ignored -> "unknown";
      case Json.Array ignored -> "";
      case Json.Members ignored -> "";
    };
  }
}
