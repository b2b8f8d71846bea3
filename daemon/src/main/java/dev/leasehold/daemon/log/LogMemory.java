// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.log;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** The newest lines of every level, for {@code log_dump}; at most 1 MiB of them. Thread-safe. */
final class LogMemory {
  private static final int LIMIT = 1 << 20;

  private final Deque<LogLine> lines = new ArrayDeque<>();
  private int size;

  synchronized void add(LogLine line) {
    lines.addLast(line);
    size += line.size();
    while (size > LIMIT) {
      size -= lines.removeFirst().size();
    }
  }

  private synchronized List<LogLine> all() {
    return List.copyOf(lines);
  }

  /** Oldest first, without a final line break, the newest 1 MiB. */
  byte[] dump(ZoneId zone) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (LogLine line : all()) {
      if (text.size() > 0) {
        text.write('\n');
      }
      text.writeBytes(line.text(zone).getBytes(StandardCharsets.UTF_8));
    }
    byte[] bytes = text.toByteArray();
    return bytes.length <= LIMIT
        ? bytes
        : Arrays.copyOfRange(bytes, bytes.length - LIMIT, bytes.length);
  }
}
