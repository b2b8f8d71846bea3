// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.ondisk.Geometry;
import dev.leasehold.sanlock.text.CNumbers;
import dev.leasehold.sanlock.wire.WireResource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A parsed command line (docs/spec/wire.md 7.1). Made by {@link LineParser}.
 *
 * @param kind daemon, client or direct
 * @param action of client and direct
 * @param target what {@code dump} and {@code next_free} look at
 * @param options the last value of each letter
 * @param resources those of {@code -r} that could be read
 * @param program what follows {@code -c}
 */
record Line(
    Kind kind,
    String action,
    Optional<String> target,
    Map<Character, String> options,
    List<WireResource> resources,
    List<String> program) {

  private static final int MIB = 1 << 20;

  /** What a command line is for. */
  enum Kind {
    DAEMON,
    CLIENT,
    DIRECT
  }

  Line {
    options = Map.copyOf(options);
    resources = List.copyOf(resources);
    program = List.copyOf(program);
  }

  boolean has(char letter) {
    return options.containsKey(letter);
  }

  /** Whether {@code -D} was given. */
  boolean debug() {
    return has('D');
  }

  Optional<String> text(char letter) {
    return Optional.ofNullable(options.get(letter));
  }

  /** As the C library's atoi: what is no number is 0. */
  int number(char letter, int otherwise) {
    return (int) longNumber(letter, otherwise);
  }

  long longNumber(char letter, long otherwise) {
    return text(letter).map(CNumbers::atoll).orElse(otherwise);
  }

  /** In any base, as strtoull has it. */
  long anyBase(char letter) {
    return text(letter).map(CNumbers::strtoull).orElse(0L);
  }

  boolean flag(char letter) {
    return number(letter, 0) != 0;
  }

  /** The number of {@code -Z}, 0 if it was not given. */
  int sectorSize() {
    return number('Z', 0);
  }

  /** The bytes of {@code -A}, 0 if it was not given or is none of those that there are. */
  int alignSize() {
    return switch (text('A').orElse("")) {
      case "1M" -> MIB;
      case "2M" -> 2 * MIB;
      case "4M" -> 4 * MIB;
      case "8M" -> 8 * MIB;
      default -> 0;
    };
  }

  /** The sizes, if both were given. */
  Optional<Geometry> sizes() {
    return Geometry.of(sectorSize(), alignSize());
  }
}
