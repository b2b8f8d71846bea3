// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.log;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;

/**
 * One line of the log.
 *
 * @param level how urgent
 * @param at time of day
 * @param monotonic CLOCK_MONOTONIC in whole seconds, as on disk
 * @param thread that said it
 * @param words without line breaks or control characters
 */
public record LogLine(
    System.Logger.Level level, Instant at, long monotonic, long thread, String words) {

  /** What would end or forge a line becomes a question mark. */
  public LogLine {
    words = printable(words);
  }

  private static String printable(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      clean.append(Character.isISOControl(c) ? c == '\n' ? ' ' : '?' : c);
    }
    return clean.toString();
  }

  /** The number of syslog(3): 3 for errors, 4 warnings, 6 information, 7 the rest. */
  public int priority() {
    return switch (level) {
      case ERROR, OFF -> 3;
      case WARNING -> 4;
      case INFO -> 6;
      case DEBUG, TRACE, ALL -> 7;
    };
  }

  /** {@code YYYY-MM-DD HH:MM:SS <monotonic> [<thread>]: <words>}, as the original writes. */
  public String text(ZoneId zone) {
    LocalDateTime time = LocalDateTime.ofInstant(at, zone);
    StringBuilder text = new StringBuilder(64 + words.length());
    text.append(time.getYear()).append('-');
    two(text, time.getMonthValue()).append('-');
    two(text, time.getDayOfMonth()).append(' ');
    two(text, time.getHour()).append(':');
    two(text, time.getMinute()).append(':');
    two(text, time.getSecond()).append(' ');
    return text.append(monotonic)
        .append(" [")
        .append(thread)
        .append("]: ")
        .append(words)
        .toString();
  }

  private static StringBuilder two(StringBuilder text, int number) {
    return (number < 10 ? text.append('0') : text).append(number);
  }

  /** About how many bytes it takes. */
  int size() {
    return 48 + words.length();
  }
}
