// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.args;

import java.util.ArrayList;
import java.util.List;

/** Help texts made from {@link CommandSpec}s, at most 80 columns wide. */
public final class Help {
  private static final int WIDTH = 80;
  private static final int OPTION_INDENT = 6;

  private Help() {}

  /** The help of one command. */
  public static String of(CommandSpec spec) {
    StringBuilder text = new StringBuilder("usage: ").append(spec.usage()).append("\n");
    for (String paragraph : spec.description()) {
      text.append('\n');
      wrap(text, paragraph, 0);
    }
    text.append("\nOptions:\n");
    List<Option> options = new ArrayList<>(spec.options());
    options.add(Option.flag("help", "Show this text."));
    for (Option option : options) {
      text.append("  ").append(option.usage()).append('\n');
      wrap(text, option.help(), OPTION_INDENT);
    }
    if (!spec.examples().isEmpty()) {
      text.append("\nExamples:\n");
    }
    for (CommandSpec.Example example : spec.examples()) {
      text.append("  ").append(example.line()).append('\n');
      wrap(text, example.meaning(), OPTION_INDENT);
    }
    return text.toString();
  }

  /** The list of all commands. */
  public static String overview(String purpose, List<CommandSpec> specs) {
    StringBuilder text = new StringBuilder("usage: leasehold COMMAND [ARG]...\n\n");
    wrap(text, purpose, 0);
    text.append("\nCommands:\n");
    int widest = specs.stream().mapToInt(spec -> spec.name().length()).max().orElse(0);
    for (CommandSpec spec : specs) {
      text.append("  ").append(spec.name());
      text.repeat(' ', widest - spec.name().length() + 3).append(spec.summary()).append('\n');
    }
    text.append("\n\"leasehold COMMAND --help\" shows the options of a command with examples.\n");
    text.append("\"leasehold --version\" shows the version.\n");
    return text.toString();
  }

  private static void wrap(StringBuilder text, String paragraph, int indent) {
    int column = 0;
    for (String word : paragraph.split(" ", -1)) {
      if (column > 0 && column + 1 + word.length() > WIDTH) {
        text.append('\n');
        column = 0;
      }
      if (column == 0) {
        text.repeat(' ', indent);
        column = indent;
      } else {
        text.append(' ');
        column++;
      }
      text.append(word);
      column += word.length();
    }
    text.append('\n');
  }
}
