// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.args;

import dev.leasehold.libvirt.conf.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the arguments of one command by its {@link CommandSpec}. */
public final class Parser {
  private final CommandSpec spec;
  private final Map<String, List<String>> options = new LinkedHashMap<>();
  private final List<String> operands = new ArrayList<>();

  private Parser(CommandSpec spec) {
    this.spec = spec;
  }

  /**
   * Reads the arguments that follow the command's name. {@code --help} is accepted by every command
   * and ends the reading.
   *
   * @throws UsageException if they are not what the command takes
   */
  public static Arguments parse(CommandSpec spec, List<String> args) throws UsageException {
    return new Parser(spec).parse(args);
  }

  private Arguments parse(List<String> args) throws UsageException {
    int i = 0;
    List<String> rest = List.of();
    boolean separated = false;
    while (i < args.size()) {
      String arg = args.get(i++);
      if (arg.equals("--")) {
        separated = true;
        rest = List.copyOf(args.subList(i, args.size()));
        break;
      }
      if (arg.equals("--help") || arg.equals("-h")) {
        return new Arguments(Map.of("help", List.of("")), List.of(), List.of());
      }
      if (arg.length() > 1 && arg.startsWith("-")) {
        i = option(arg, args, i);
      } else {
        operands.add(arg);
      }
    }
    checkOperands(separated, rest);
    return new Arguments(options, List.copyOf(operands), rest);
  }

  /** Takes one option; returns where the next argument is. */
  private int option(String arg, List<String> args, int next) throws UsageException {
    int equals = arg.indexOf('=');
    String dashed = equals < 0 ? arg : arg.substring(0, equals);
    Option option = find(dashed);
    int after = next;
    String value = "";
    if (option.value().isEmpty()) {
      if (equals >= 0) {
        throw new UsageException(dashed + " takes no value");
      }
    } else if (equals >= 0) {
      value = arg.substring(equals + 1);
    } else if (next < args.size() && !args.get(next).equals("--")) {
      value = args.get(next);
      after = next + 1;
    } else {
      throw new UsageException(dashed + " needs a value: " + option.usage());
    }
    List<String> values = options.computeIfAbsent(option.name(), name -> new ArrayList<>());
    if (!values.isEmpty() && !option.repeatable()) {
      throw new UsageException(dashed + " is given more than once");
    }
    values.add(value);
    return after;
  }

  private Option find(String dashed) throws UsageException {
    for (Option option : spec.options()) {
      if (dashed.equals("--" + option.name())) {
        return option;
      }
    }
    List<String> names = spec.options().stream().map(option -> "--" + option.name()).toList();
    throw new UsageException(
        "leasehold "
            + spec.name()
            + " has no option "
            + dashed
            + Nearest.of(dashed, names).map(name -> "; did you mean " + name + "?").orElse(""));
  }

  private void checkOperands(boolean separated, List<String> rest) throws UsageException {
    List<String> wanted = spec.operands();
    if (operands.size() < wanted.size()) {
      throw new UsageException(wanted.get(operands.size()) + " is missing: " + spec.usage());
    }
    Optional<String> what = spec.rest();
    if (operands.size() > wanted.size()) {
      String surplus = operands.get(wanted.size());
      throw new UsageException(
          what.isPresent()
              ? "\"" + surplus + "\" must stand after \"--\": " + spec.usage()
              : "\"" + surplus + "\" is one argument too many: " + spec.usage());
    }
    if (what.isPresent() && rest.isEmpty()) {
      throw new UsageException("the command is missing: " + spec.usage());
    }
    if (what.isEmpty() && separated && !rest.isEmpty()) {
      throw new UsageException("\"--\" has no meaning here: " + spec.usage());
    }
  }
}
