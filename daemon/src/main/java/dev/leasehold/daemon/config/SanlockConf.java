// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.config;

import dev.leasehold.daemon.config.DaemonOptions.MaxSectors;
import dev.leasehold.sanlock.wire.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reads {@code /etc/sanlock/sanlock.conf} (docs/spec/algorithms.md 7.2): lines {@code key = value},
 * comments where the first character is {@code #}, keys that nobody knows are skipped.
 *
 * <p>Unlike the original, which takes a text for the number 0 (and so {@code use_watchdog = yes}
 * for "no watchdog"), a value that is no number is refused where one is expected.
 */
public final class SanlockConf {
  /** Where it is. */
  public static final Path DEFAULT = Path.of("/etc/sanlock/sanlock.conf");

  private static final int LONGEST = 127;

  private final OptionsBuilder options;
  private final Path file;

  private SanlockConf(OptionsBuilder options, Path file) {
    this.options = options;
    this.file = file;
  }

  /**
   * Takes over what a file says; a file that does not exist says nothing.
   *
   * @throws BadOption naming file, line and what is expected
   */
  public static void read(Path file, OptionsBuilder options) throws BadOption {
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw new BadOption(file + " cannot be read: " + e.getClass().getSimpleName());
    }
    SanlockConf conf = new SanlockConf(options, file);
    for (int i = 0; i < lines.size(); i++) {
      conf.line(i + 1, lines.get(i));
    }
  }

  /**
   * Takes over what a file says that somebody named.
   *
   * @throws BadOption as {@link #read}; also if there is no such file: what it was to say, such as
   *     the watchdog's time, would be missing
   */
  public static void readNamed(Path file, OptionsBuilder options) throws BadOption {
    if (Files.notExists(file)) {
      throw new BadOption(file + ": there is no such file; name the one that is meant");
    }
    read(file, options);
  }

  private void line(int number, String text) throws BadOption {
    String line = text.substring(0, Math.min(LONGEST, text.length()));
    int equals = line.indexOf('=');
    if (line.startsWith("#") || line.isBlank() || equals < 0) {
      return;
    }
    String key = firstWord(line.substring(0, equals));
    String value = firstWord(line.substring(equals + 1));
    try {
      take(key, value);
    } catch (BadOption e) {
      throw new BadOption(file + " line " + number + ": " + e.words());
    }
  }

  private static String firstWord(String text) {
    String stripped = text.strip();
    for (int i = 0; i < stripped.length(); i++) {
      if (Character.isWhitespace(stripped.charAt(i))) {
        return stripped.substring(0, i);
      }
    }
    return stripped;
  }

  private void take(String key, String value) throws BadOption {
    switch (key) {
      case "quiet_fail" -> options.quietFail(flag(key, value));
      case "debug_renew" -> options.debugRenew(flag(key, value));
      case "use_aio" -> options.useAio(flag(key, value));
      case "logfile_priority" -> options.logFilePriority(number(key, value));
      case "logfile_use_utc" -> options.logFileUtc(flag(key, value));
      case "syslog_priority" -> options.syslogPriority(number(key, value));
      case "use_watchdog" -> options.useWatchdog(flag(key, value));
      case "watchdog_device" -> options.watchdogDevice(value);
      case "watchdog_fire_timeout" -> options.watchdogFireTimeout(number(key, value));
      case "high_priority" -> options.highPriority(flag(key, value));
      case "mlock_level" -> options.mlockLevel(number(key, value));
      case "sh_retries" -> options.sharedRetries(number(key, value));
      case "uname" -> options.user(value);
      case "gname" -> options.group(value);
      case "our_host_name" -> options.hostName(value);
      case "renewal_read_extend_sec" -> options.renewalReadExtend(number(key, value));
      case "renewal_history_size" -> options.renewalHistorySize(number(key, value));
      case "write_init_io_timeout" -> options.writeInitIoTimeout(number(key, value));
      case "io_timeout" -> options.ioTimeout(number(key, value));
      case "kill_grace_seconds" -> options.gracePeriod(number(key, value));
      case "max_worker_threads" -> options.maxWorkerThreads(number(key, value));
      case "max_sectors_kb" -> options.maxSectorsKb(maxSectors(value));
      case "debug_clients" -> options.debugClients(flag(key, value));
      case "debug_cmd" -> debugCommand(value);
      default -> {} // debug_io, paxos_debug_all, names_log_priority, and what others have
    }
  }

  private static boolean flag(String key, String value) throws BadOption {
    return number(key, value) != 0;
  }

  private static int number(String key, String value) throws BadOption {
    if (!NUMBER.matcher(value).matches()) {
      throw new BadOption(key + " is \"" + value + "\", expected a number");
    }
    return Integer.parseInt(value);
  }

  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,9}");

  private static MaxSectors maxSectors(String value) throws BadOption {
    return switch (value) {
      case "ignore" -> new MaxSectors(true, false, 0);
      case "align" -> new MaxSectors(false, true, 0);
      default -> {
        int kilobytes = number("max_sectors_kb", value);
        if (kilobytes < 1 || kilobytes > 8192 || kilobytes % 2 != 0) {
          throw new BadOption(
              "max_sectors_kb is "
                  + value
                  + ", expected ignore, align, or an even number up to 8192");
        }
        yield new MaxSectors(false, false, kilobytes);
      }
    };
  }

  private void debugCommand(String value) {
    boolean on = value.startsWith("+");
    String name = value.isEmpty() ? "" : value.substring(1);
    if (name.equals("all")) {
      options.debugCommands(on);
      return;
    }
    for (Command command : Command.values()) {
      if (command.name().toLowerCase(Locale.ROOT).equals(name)) {
        options.debugCommand(command.number(), on);
      }
    }
  }
}
