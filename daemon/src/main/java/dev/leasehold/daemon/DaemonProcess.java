// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.daemon.config.DaemonOptions;
import dev.leasehold.daemon.log.DaemonLog;
import dev.leasehold.daemon.log.LogSink;
import dev.leasehold.daemon.log.LogSinks;
import dev.leasehold.linux.LinuxClock;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** A process that is a daemon: its log, its place in the background, its exit code. */
public final class DaemonProcess {
  private static final Path LOG_FILE = Path.of("/var/log/sanlock.log");
  private static final int EVERYTHING = 7;
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);
  private static final int CANNOT_START = 1;

  private DaemonProcess() {}

  /**
   * Runs a daemon, in this process or in one of its own, as the options say.
   *
   * @param environment of this process
   * @param leastUrgent the highest priority number that is written to standard error
   * @param makers of the doors, in order
   * @return the exit code: 0 after an ordered end, or at once if it runs in the background; 1 if it
   *     cannot start
   */
  public static int run(
      DaemonOptions options, Environment environment, int leastUrgent, List<Door.Maker> makers) {
    if (!options.foreground() && !Background.isInside(environment)) {
      return Background.launch();
    }
    boolean background = Background.isInside(environment);
    if (background) {
      Background.enter();
    }
    DaemonLog log = log(options, environment, background, leastUrgent);
    try {
      new Daemon(options, environment, makers, log, background ? Background::ready : () -> {})
          .run();
      return 0;
    } catch (IOException | RuntimeException e) {
      String words = WhyNot.words(e);
      log.error("the daemon cannot start: " + words);
      if (background) {
        Background.failed(words);
      }
      return CANNOT_START;
    } finally {
      log.flush(LAST_WORDS);
    }
  }

  @SuppressWarnings("SystemOut") // standard error is where a daemon in the foreground logs
  private static DaemonLog log(
      DaemonOptions options, Environment environment, boolean background, int leastUrgent) {
    ZoneId zone = options.logFileUtc() ? ZoneOffset.UTC : ZoneId.systemDefault();
    List<LogSink> sinks = new ArrayList<>();
    boolean journal = environment.logsToJournal() && !background;
    if (!background) {
      PrintStream stream = System.err;
      int least = Math.min(leastUrgent, EVERYTHING);
      sinks.add(journal ? LogSinks.journal(stream, least) : LogSinks.stream(stream, zone, least));
    }
    LogSinks.file(LOG_FILE, zone, options.logFilePriority()).ifPresent(sinks::add);
    if (!journal) {
      LogSinks.system(options.syslogPriority()).ifPresent(sinks::add);
    }
    return new DaemonLog(new LinuxClock(), zone, sinks);
  }
}
