// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.Option;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Completion for bash and zsh, from the commands' own descriptions. No process is started for it.
 */
public final class Completion {
  private final List<CommandSpec> specs;

  /** For these commands. */
  public Completion(List<CommandSpec> specs) {
    this.specs = List.copyOf(specs);
  }

  /** How a value is completed. */
  private sealed interface Values {
    record Files() implements Values {}

    record Directories() implements Values {}

    record Words(List<String> words) implements Values {}

    record Nothing() implements Values {}
  }

  private static Values values(String name) {
    if (name.contains("DIR")) {
      return new Values.Directories();
    }
    if (name.startsWith("PATH") || name.equals("FILE") || name.equals("DISK")) {
      return new Values.Files();
    }
    List<String> words =
        List.of(name.split("\\|")).stream()
            .filter(word -> word.equals(word.toLowerCase(Locale.ROOT)))
            .toList();
    return words.isEmpty() || !words.getFirst().matches("[a-z-]+")
        ? new Values.Nothing()
        : new Values.Words(words);
  }

  /** For bash, with or without the package bash-completion. */
  public String bash() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        # SPDX-License-Identifier: Apache-2.0
        # Completion of leasehold for bash. Made by the build.
        _leasehold() {
          local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} i
          COMPREPLY=()
          if ((COMP_CWORD == 1)); then
            mapfile -t COMPREPLY < <(compgen -W 'COMMANDS --help --version' -- "$cur")
            return
          fi
          for ((i = 2; i < COMP_CWORD; i++)); do
            if [[ ${COMP_WORDS[i]} == -- ]]; then
              if ((COMP_CWORD == i + 1)); then
                mapfile -t COMPREPLY < <(compgen -c -- "$cur")
              else
                mapfile -t COMPREPLY < <(compgen -f -- "$cur")
              fi
              compopt -o filenames 2>/dev/null
              return
            fi
          done
          case ${COMP_WORDS[1]} in
        """
            .replace("COMMANDS", names()));
    for (CommandSpec spec : specs) {
      bash(text, spec);
    }
    return text.append("  esac\n}\ncomplete -F _leasehold leasehold\n").toString();
  }

  private String names() {
    return specs.stream().map(CommandSpec::name).collect(Collectors.joining(" "));
  }

  private static void bash(StringBuilder text, CommandSpec spec) {
    text.append("    ").append(spec.name()).append(")\n      case $prev in\n");
    for (Option option : spec.options()) {
      if (option.value().isPresent()) {
        text.append("        --").append(option.name()).append(')');
        text.append(bashAnswer(values(option.value().get()))).append(" return ;;\n");
      }
    }
    String options =
        spec.options().stream()
            .map(option -> "--" + option.name())
            .collect(Collectors.joining(" ", "", " --help"))
            .strip();
    text.append("      esac\n      if [[ $cur == -* ]]; then\n");
    text.append("        mapfile -t COMPREPLY < <(compgen -W '").append(options);
    text.append(spec.rest().isPresent() ? " --" : "").append("' -- \"$cur\")\n      else\n       ");
    text.append(bashAnswer(operand(spec))).append("\n      fi\n      ;;\n");
  }

  private static Values operand(CommandSpec spec) {
    return spec.operands().isEmpty() ? new Values.Nothing() : values(spec.operands().getFirst());
  }

  private static String bashAnswer(Values values) {
    String files = "; compopt -o filenames 2>/dev/null;";
    return switch (values) {
      case Values.Files _ -> " mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")" + files;
      case Values.Directories _ -> " mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")" + files;
      case Values.Words(List<String> words) ->
          " mapfile -t COMPREPLY < <(compgen -W '" + String.join(" ", words) + "' -- \"$cur\");";
      case Values.Nothing _ -> " :;";
    };
  }

  /** For zsh. */
  public String zsh() {
    StringBuilder text = new StringBuilder();
    text.append("#compdef leasehold\n# SPDX-License-Identifier: Apache-2.0\n");
    text.append("# Completion of leasehold for zsh. Made by the build.\n_leasehold() {\n");
    text.append("  local -a commands\n  commands=(\n");
    for (CommandSpec spec : specs) {
      text.append("    '").append(spec.name()).append(':').append(zshText(spec.summary()));
      text.append("'\n");
    }
    text.append("  )\n  if ((CURRENT == 2)); then\n    _describe command commands\n    return\n");
    text.append("  fi\n  local command=$words[2]\n  shift words\n  ((CURRENT--))\n");
    text.append("  case $command in\n");
    for (CommandSpec spec : specs) {
      zsh(text, spec);
    }
    return text.append("  esac\n}\n_leasehold \"$@\"\n").toString();
  }

  private static void zsh(StringBuilder text, CommandSpec spec) {
    text.append("    ").append(spec.name()).append(")\n      _arguments -S \\\n");
    for (Option option : spec.options()) {
      text.append("        '").append(option.repeatable() ? "*" : "").append("--");
      text.append(option.name()).append('[').append(zshText(firstSentence(option.help())));
      text.append(']');
      option
          .value()
          .ifPresent(
              value ->
                  text.append(':').append(zshText(value)).append(':').append(zshAction(value)));
      text.append("' \\\n");
    }
    if (!spec.operands().isEmpty()) {
      String operand = spec.operands().getFirst();
      text.append("        '1:").append(operand).append(':').append(zshAction(operand));
      text.append("' \\\n");
    }
    if (spec.rest().isPresent()) {
      text.append("        '*::command:_normal' \\\n");
    }
    text.append("        '--help[Show a help text.]'\n      ;;\n");
  }

  private static String zshAction(String value) {
    return switch (values(value)) {
      case Values.Files _ -> "_files";
      case Values.Directories _ -> "_files -/";
      case Values.Words(List<String> words) -> "(" + String.join(" ", words) + ")";
      case Values.Nothing _ -> " ";
    };
  }

  private static String firstSentence(String help) {
    int end = help.indexOf(". ");
    return end < 0 ? help : help.substring(0, end + 1);
  }

  private static String zshText(String words) {
    return words
        .replace("\\", "\\\\")
        .replace("[", "\\[")
        .replace("]", "\\]")
        .replace(":", "\\:")
        .replace("'", "’");
  }
}
