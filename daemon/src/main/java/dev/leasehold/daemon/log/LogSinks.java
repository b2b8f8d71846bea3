// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.log;

import dev.leasehold.linux.SystemLog;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Optional;

/** Where lines of the daemon's log can go. */
public final class LogSinks {
  private LogSinks() {}

  /** A stream that a person or a file reads: every line, with its time. */
  public static LogSink stream(PrintStream stream, ZoneId zone, int leastUrgent) {
    return line -> {
      if (line.priority() <= leastUrgent) {
        stream.println(line.text(zone));
      }
    };
  }

  /** Standard error that the journal of systemd reads: it has the time already (sd-daemon(3)). */
  public static LogSink journal(PrintStream stream, int leastUrgent) {
    return line -> {
      if (line.priority() <= leastUrgent) {
        stream.println("<" + line.priority() + ">" + line.words());
      }
    };
  }

  /**
   * The end of a file; empty if it cannot be opened, which is no reason not to run.
   *
   * @param leastUrgent the highest priority number that is written, -1 for nothing
   */
  public static Optional<LogSink> file(Path path, ZoneId zone, int leastUrgent) {
    if (leastUrgent < 0) {
      return Optional.empty();
    }
    try {
      OutputStream file = new FileOutputStream(path.toFile(), true);
      return Optional.of(line -> append(file, line, zone, leastUrgent));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void append(OutputStream file, LogLine line, ZoneId zone, int leastUrgent) {
    if (line.priority() > leastUrgent) {
      return;
    }
    try {
      file.write((line.text(zone) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // A full disk must not stop the daemon; the line is in memory, too.
    }
  }

  /** The system log, under the name of the original's daemon. */
  public static Optional<LogSink> system(int leastUrgent) {
    if (leastUrgent < 0) {
      return Optional.empty();
    }
    SystemLog log = new SystemLog("sanlock");
    return Optional.of(
        line -> {
          if (line.priority() <= leastUrgent) {
            log.write(
                line.priority(), line.monotonic() + " [" + line.thread() + "]: " + line.words());
          }
        });
  }
}
