// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code leasehold sanlock …}, also under the name {@code sanlock}: what its words are is decided
 * by the original, so it reads them itself.
 */
public final class SanlockCommand {
  /** Its name. */
  public static final String NAME = "sanlock";

  /** One line for the list of commands. */
  public static final String SUMMARY = "the sanlock daemon and command, as the original has them";

  /** As it goes over the wire. */
  static final int VERSION_NUMBER = 0x03080500;

  private static final String VERSION = "3.8.5";

  private SanlockCommand() {}

  /**
   * Does what the words say.
   *
   * @param words behind {@code sanlock}
   * @param out where everything is printed
   * @return exit code, 0 or 1
   */
  public static int run(List<String> words, Map<String, String> environment, PrintStream out) {
    String first = words.isEmpty() ? "help" : words.getFirst();
    return switch (first) {
      case "help", "--help", "-h" -> say(Usage.TEXT, out);
      case "version" -> say(VERSION + "\n", out);
      case "--version", "-V" -> say("sanlock " + VERSION + " (leasehold)\n", out);
      default -> act(words, environment, out);
    };
  }

  private static int say(String text, PrintStream out) {
    out.print(text);
    return 0;
  }

  private static int act(List<String> words, Map<String, String> environment, PrintStream out) {
    try {
      Optional<Line> line = LineParser.parse(words, out::println);
      if (line.isEmpty()) {
        out.print(Usage.TEXT);
        return 1;
      }
      return switch (line.get().kind()) {
        case DAEMON -> DaemonAction.run(line.get(), environment, out);
        case CLIENT -> ClientActions.run(line.get(), environment, out);
        case DIRECT -> DirectActions.run(line.get(), out);
      };
    } catch (Complaint e) {
      out.println(e.lines());
      return 1;
    }
  }
}
