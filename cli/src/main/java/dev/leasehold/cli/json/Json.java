// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A JSON value. Members of objects keep the order in which they were put. */
public sealed interface Json {

  /** A string; lone surrogates are written escaped. */
  record Text(String value) implements Json {}

  /** A whole number, signed 64 bit. */
  record Whole(long value) implements Json {}

  /** A whole number, unsigned 64 bit: what is on disk. */
  record Unsigned(long value) implements Json {}

  /** true or false. */
  record Bool(boolean value) implements Json {}

  /** Not known, or not there. */
  record Null() implements Json {
    /** The only value needed. */
    public static final Null NULL = new Null();
  }

  /** A list. */
  record Array(List<Json> items) implements Json {
    /** Keeps the list from being changed. */
    public Array {
      items = List.copyOf(items);
    }
  }

  /** An object. */
  final class Members implements Json {
    private final Map<String, Json> members = new LinkedHashMap<>();

    /** Adds a member. */
    public Members put(String name, Json value) {
      members.put(name, value);
      return this;
    }

    /** Adds a string. */
    public Members put(String name, String value) {
      return put(name, new Text(value));
    }

    /** Adds a number. */
    public Members put(String name, long value) {
      return put(name, new Whole(value));
    }

    /** Adds a truth value. */
    public Members put(String name, boolean value) {
      return put(name, new Bool(value));
    }

    /** Adds a string, or null if it is not known. */
    public Members putText(String name, Optional<String> value) {
      return put(name, value.<Json>map(Text::new).orElse(Null.NULL));
    }

    /** Adds a number, or null if it is not known. */
    public Members putWhole(String name, Optional<Long> value) {
      return put(name, value.<Json>map(Whole::new).orElse(Null.NULL));
    }

    /** Puts some of these members into another object. */
    public void copyTo(Members other, List<String> names) {
      for (String name : names) {
        Json value = members.get(name);
        if (value != null) {
          other.put(name, value);
        }
      }
    }

    Map<String, Json> members() {
      return members;
    }
  }

  /** A list of values made from others. */
  static <T> Array array(List<T> items, java.util.function.Function<T, ? extends Json> make) {
    List<Json> made = new ArrayList<>(items.size());
    for (T item : items) {
      made.add(make.apply(item));
    }
    return new Array(made);
  }
}
