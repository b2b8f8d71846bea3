// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.holder;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The program that a holder wants run instead of SIGTERM when it is to give up its leases
 * (docs/spec/algorithms.md 4.6, docs/spec/wire.md 4.3).
 *
 * @param path the program
 * @param arguments its arguments in one string, see {@link #argv}
 * @param appendPid append the holder's pid as last argument in recovery
 */
public record KillPath(String path, String arguments, boolean appendPid) {
  private static final int MAX_ARGV = 8;

  /**
   * The command line: the path, then the arguments split at white space, where a backslash before
   * white space or a backslash makes that character literal. Any other escape, and any character
   * that is not printable ASCII, ends the arguments. At most 8 entries in all.
   *
   * @param pid the holder's pid in recovery; empty for a GRACEFUL request, which never passes it
   */
  public List<String> argv(OptionalInt pid) {
    List<String> argv = new ArrayList<>();
    argv.add(path);
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < arguments.length() && argv.size() < MAX_ARGV; i++) {
      char c = arguments.charAt(i);
      if (isSpace(c)) {
        endWord(word, argv);
      } else if (c == '\\') {
        i++;
        if (i == arguments.length() || !isEscapable(arguments.charAt(i))) {
          break;
        }
        word.append(arguments.charAt(i));
      } else if (c > ' ' && c < 0x7f) {
        word.append(c);
      } else {
        break;
      }
    }
    if (argv.size() < MAX_ARGV) {
      endWord(word, argv);
    }
    if (appendPid && pid.isPresent() && argv.size() < MAX_ARGV) {
      argv.add(Integer.toString(pid.getAsInt()));
    }
    return List.copyOf(argv);
  }

  private static void endWord(StringBuilder word, List<String> argv) {
    if (!word.isEmpty()) {
      argv.add(word.toString());
      word.setLength(0);
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static boolean isEscapable(char c) {
    return c == '\\' || isSpace(c);
  }
}
