// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import java.util.Map;

/** The text of a state record: {@code key=value}, separated by spaces, in the order given. */
final class Words {
  private final StringBuilder text = new StringBuilder();

  Words add(String key, String value) {
    if (!text.isEmpty()) {
      text.append(' ');
    }
    text.append(key).append('=').append(value);
    return this;
  }

  Words add(String key, long value) {
    return add(key, Long.toString(value));
  }

  Words add(String key, boolean value) {
    return add(key, value ? 1 : 0);
  }

  Words unsigned(String key, long value) {
    return add(key, Long.toUnsignedString(value));
  }

  Words hex(String key, long value) {
    return add(key, Long.toHexString(value));
  }

  Words all(Map<String, String> words) {
    words.forEach(this::add);
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
