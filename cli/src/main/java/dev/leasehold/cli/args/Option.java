// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.args;

import java.util.Optional;

/**
 * An option of a command, always long: {@code --name} or {@code --name VALUE}.
 *
 * @param name without the dashes
 * @param value what its value is called in help texts; empty for a flag
 * @param repeatable whether it may be given more than once
 * @param help one or more sentences
 */
public record Option(String name, Optional<String> value, boolean repeatable, String help) {

  /** An option without a value. */
  public static Option flag(String name, String help) {
    return new Option(name, Optional.empty(), false, help);
  }

  /** An option with a value, to be given at most once. */
  public static Option value(String name, String value, String help) {
    return new Option(name, Optional.of(value), false, help);
  }

  /** An option with a value that may be given several times. */
  public static Option repeated(String name, String value, String help) {
    return new Option(name, Optional.of(value), true, help);
  }

  /** How it is written, e.g. {@code --disk PATH}. */
  public String usage() {
    return value.isPresent() ? "--" + name + " " + value.get() : "--" + name;
  }
}
