// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import java.util.List;

/** A value of a {@code .conf} file. */
public sealed interface ConfValue {

  /**
   * A whole number.
   *
   * @param value as written
   * @param negative whether it was written with a minus: libvirt then never takes it for an
   *     unsigned number, not even {@code -0} (docs/spec/libvirt-sanlock.md 2.2)
   */
  record Whole(long value, boolean negative) implements ConfValue {}

  /** A string; there are no escapes. */
  record Text(String value) implements ConfValue {}

  /** A list. */
  record Items(List<ConfValue> values) implements ConfValue {
    /** Copies the list. */
    public Items {
      values = List.copyOf(values);
    }
  }

  /** What kind it is, for messages: with its article. */
  default String kind() {
    return switch (this) {
      case Whole whole -> whole.negative() ? "a negative number" : "a number";
      case Text _ -> "a string";
      case Items _ -> "a list";
    };
  }
}
