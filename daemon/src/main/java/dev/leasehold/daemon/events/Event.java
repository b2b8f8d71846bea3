// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.events;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something that happened.
 *
 * @param lockspace its name; {@code -} where none is known
 * @param facts who and what, texts and numbers, in the order in which they are written
 * @param words for people
 */
public record Event(
    Instant at, EventName name, String lockspace, Map<String, Object> facts, String words) {

  /** Keeps the facts, and their order. */
  public Event {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }

  /** One structured line: {@code event=NAME lockspace="…" KEY=VALUE… msg="…"}. */
  public String line() {
    StringBuilder line = new StringBuilder("event=").append(name.text());
    append(line, "lockspace", lockspace);
    facts.forEach((key, value) -> append(line, key, value));
    append(line, "msg", words);
    return line.toString();
  }

  private static void append(StringBuilder line, String key, Object value) {
    line.append(' ').append(key).append('=');
    if (value instanceof Number) {
      line.append(value);
    } else {
      line.append('"')
          .append(value.toString().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " "))
          .append('"');
    }
  }
}
