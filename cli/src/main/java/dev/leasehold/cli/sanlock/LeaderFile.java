// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.ondisk.LeaderBuilder;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values for a leader record, a line each: {@code field value} (docs/spec/wire.md 7.5). */
final class LeaderFile {
  private static final Pattern WORDS = Pattern.compile("\\s*(\\S+)\\s+(\\S+)(?s:.*)");
  private static final Pattern DECIMAL = Pattern.compile("([-+]?[0-9]+).*");
  private static final Pattern HEX = Pattern.compile("0x([0-9a-fA-F]{1,16}).*");
  private static final int HEX_BASE = 16;
  private static final int TIMEOUT_BITS = 0xFFFF;

  private final LeaderBuilder builder;
  private final boolean lockspace;
  private final Consumer<String> skipped;
  private int checksum;

  /**
   * Begins with a record.
   *
   * @param skipped takes whole lines about what is skipped
   */
  LeaderFile(LeaderRecord before, boolean lockspace, Consumer<String> skipped) {
    this.builder = before.toBuilder();
    this.lockspace = lockspace;
    this.skipped = skipped;
  }

  /** Takes a line, with the line feed at its end. */
  void line(String text) {
    Matcher words = WORDS.matcher(text);
    if (!words.matches()) {
      skipped.accept("ignore line: \"" + text + "\"\n");
    } else if (!field(words.group(1), words.group(2))) {
      skipped.accept("ignore field: \"" + words.group(1) + "\"\n");
    }
  }

  /** The record with the checksum that belongs to it. */
  LeaderRecord record() {
    return builder.build();
  }

  /** The checksum of the file, 0 if it has none. */
  int checksum() {
    return checksum;
  }

  private boolean field(String name, String value) {
    switch (name) {
      case "magic" -> hex(value, number -> builder.magic((int) number));
      case "version" -> hex(value, number -> builder.version((int) number));
      case "flags" -> hex(value, number -> builder.flags((int) number));
      case "checksum" -> hex(value, number -> checksum = (int) number);
      case "sector_size" -> decimal(value, number -> builder.sectorSize((int) number));
      case "num_hosts" -> decimal(value, builder::numHosts);
      case "max_hosts" -> decimal(value, builder::maxHosts);
      case "owner_id" -> decimal(value, builder::ownerId);
      case "owner_generation" -> decimal(value, builder::ownerGeneration);
      case "lver" -> decimal(value, builder::lver);
      case "space_name" -> builder.spaceName(name(value));
      case "resource_name" -> builder.resourceName(name(value));
      case "timestamp" -> decimal(value, builder::timestamp);
      case "io_timeout" -> decimal(value, number -> builder.ioTimeout((int) number & TIMEOUT_BITS));
      default -> {
        return last(name, value);
      }
    }
    return true;
  }

  /** The last three have other names in the record of a host id. */
  private boolean last(String name, String value) {
    if (name.equals(lockspace ? "extra1" : "write_id")) {
      decimal(value, builder::writeId);
    } else if (name.equals(lockspace ? "extra2" : "write_generation")) {
      decimal(value, builder::writeGeneration);
    } else if (name.equals(lockspace ? "extra3" : "write_timestamp")) {
      decimal(value, builder::writeTimestamp);
    } else {
      return false;
    }
    return true;
  }

  /** What is no number changes nothing. */
  private static void decimal(String value, LongConsumer field) {
    Matcher digits = DECIMAL.matcher(value);
    if (digits.matches()) {
      field.accept(unsigned(digits.group(1)));
    }
  }

  private static long unsigned(String digits) {
    boolean minus = digits.startsWith("-");
    String plain = digits.replaceFirst("^[-+]", "");
    long value = parse(plain).orElse(-1);
    return minus ? -value : value;
  }

  private static OptionalLong parse(String digits) {
    try {
      return OptionalLong.of(Long.parseUnsignedLong(digits));
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // more than 64 bits: all ones, as in C
    }
  }

  private static void hex(String value, LongConsumer field) {
    Matcher digits = HEX.matcher(value);
    if (digits.matches()) {
      field.accept(Long.parseUnsignedLong(digits.group(1), HEX_BASE));
    }
  }

  private static Name name(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
    return Name.ofBytes(Arrays.copyOf(bytes, Math.min(bytes.length, Name.SIZE)));
  }
}
