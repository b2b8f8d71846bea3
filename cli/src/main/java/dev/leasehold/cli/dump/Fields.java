// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.dump;

import dev.leasehold.cli.json.Json;
import dev.leasehold.ondisk.LeaseException;
import java.util.Optional;

/** Small things that all dumps share. */
final class Fields {
  private Fields() {}

  /** Eight hexadecimal digits. */
  static String hex(int value) {
    String digits = Integer.toHexString(value);
    return "0x" + "0".repeat(8 - digits.length()) + digits;
  }

  static Json unsigned(long value) {
    return new Json.Unsigned(value);
  }

  /** A check of a record. */
  @FunctionalInterface
  interface Check {
    void run() throws LeaseException;
  }

  /** What the check says against the record. */
  static Optional<String> fault(Check check) {
    try {
      check.run();
      return Optional.empty();
    } catch (LeaseException e) {
      return Optional.of(e.code() + ": " + e.detail());
    }
  }
}
