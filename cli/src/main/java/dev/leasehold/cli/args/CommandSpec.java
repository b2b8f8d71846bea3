// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.args;

import java.util.List;
import java.util.Optional;

/**
 * What a command is called and what it takes.
 *
 * @param name as typed
 * @param summary one line for the list of commands, without a full stop
 * @param description paragraphs for its help
 * @param options all options but {@code --help}, which every command has
 * @param operands names of the operands, all required, e.g. {@code DISK}
 * @param rest what follows {@code --}, e.g. {@code COMMAND [ARG...]}; empty if nothing may
 * @param examples command lines with the sentence that says what they do
 */
public record CommandSpec(
    String name,
    String summary,
    List<String> description,
    List<Option> options,
    List<String> operands,
    Optional<String> rest,
    List<Example> examples) {

  /** A command line that works as it is, and what it does. */
  public record Example(String line, String meaning) {}

  /** Keeps the lists from being changed. */
  public CommandSpec {
    description = List.copyOf(description);
    options = List.copyOf(options);
    operands = List.copyOf(operands);
    examples = List.copyOf(examples);
  }

  /** The first line of its help. */
  public String usage() {
    StringBuilder line = new StringBuilder("leasehold ").append(name);
    if (!options.isEmpty()) {
      line.append(" [OPTION]...");
    }
    for (String operand : operands) {
      line.append(' ').append(operand);
    }
    rest.ifPresent(what -> line.append(" -- ").append(what));
    return line.toString();
  }
}
