// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.args;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A parsed command line.
 *
 * @param options values by option name, in the order given; a flag has one empty value
 * @param operands as many as the command takes
 * @param rest what followed {@code --}
 */
public record Arguments(
    Map<String, List<String>> options, List<String> operands, List<String> rest) {

  /** Whether the flag was given. */
  public boolean flag(String name) {
    return options.containsKey(name);
  }

  /** The value of an option, if it was given. */
  public Optional<String> value(String name) {
    return values(name).stream().findFirst();
  }

  /** All values of a repeatable option, in the order given. */
  public List<String> values(String name) {
    return options.getOrDefault(name, List.of());
  }

  /**
   * The value of an option that is a whole number.
   *
   * @param unit what is counted, for the message, e.g. "seconds"
   * @throws UsageException if it is no number, or outside {@code min} to {@code max}
   */
  public OptionalLong number(String name, long min, long max, String unit) throws UsageException {
    Optional<String> value = value(name);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(number(name, value.get(), min, max, unit));
  }

  private static long number(String name, String value, long min, long max, String unit)
      throws UsageException {
    try {
      long number = Long.parseLong(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, with what is accepted.
    }
    throw new UsageException(
        "--" + name + " " + value + ": expected " + unit + " from " + min + " to " + max);
  }

  /**
   * The value of an option that is one of a few words; the first is the default.
   *
   * @throws UsageException if it is none of them
   */
  public String choice(String name, List<String> words) throws UsageException {
    String word = value(name).orElse(words.getFirst());
    if (!words.contains(word)) {
      throw new UsageException(
          "--" + name + " " + word + ": expected one of " + String.join(", ", words));
    }
    return word;
  }
}
