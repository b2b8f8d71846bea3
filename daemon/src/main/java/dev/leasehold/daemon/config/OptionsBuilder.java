// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.config;

import dev.leasehold.daemon.config.DaemonOptions.MaxSectors;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Collects {@link DaemonOptions}: the defaults, then the file, then the command line. Not
 * thread-safe. Setters check the ranges; a number outside is refused, where the original would take
 * something else silently.
 */
public final class OptionsBuilder {
  private static final long DEFAULT_DEBUG_COMMANDS = 0xfffffffffe06ffffL;

  private boolean foreground;
  private boolean quietFail = true;
  private boolean debugRenew;
  private int renewalHistorySize = 180;
  private int logFilePriority = 4;
  private int syslogPriority = 3;
  private boolean logFileUtc;
  private Optional<String> user = Optional.empty();
  private Optional<String> group = Optional.empty();
  private int maxWorkerThreads = 8;
  private OptionalInt gracePeriod = OptionalInt.empty();
  private int ioTimeout = 10;
  private boolean useWatchdog = true;
  private Optional<String> watchdogDevice = Optional.empty();
  private int watchdogFireTimeout = DaemonOptions.DEFAULT_FIRE_TIMEOUT;
  private boolean highPriority;
  private int mlockLevel = 1;
  private int setBitmapSeconds;
  private Optional<String> hostName = Optional.empty();
  private boolean useAio = true;
  private OptionalInt renewalReadExtend = OptionalInt.empty();
  private int writeInitIoTimeout = 60;
  private int sharedRetries = 8;
  private boolean debugClients;
  private long debugCommands = DEFAULT_DEBUG_COMMANDS;
  private MaxSectors maxSectorsKb = new MaxSectors(false, false, 1024);

  /** The defaults of the original. */
  public OptionsBuilder() {}

  /** What was collected. */
  public DaemonOptions build() {
    return new DaemonOptions(
        foreground,
        quietFail,
        debugRenew,
        renewalHistorySize,
        logFilePriority,
        syslogPriority,
        logFileUtc,
        user,
        group,
        maxWorkerThreads,
        gracePeriod,
        ioTimeout,
        useWatchdog,
        watchdogDevice,
        watchdogFireTimeout,
        highPriority,
        mlockLevel,
        setBitmapSeconds,
        hostName,
        useAio,
        renewalReadExtend,
        writeInitIoTimeout,
        sharedRetries,
        debugClients,
        debugCommands,
        maxSectorsKb);
  }

  /** -D. */
  public void foreground(boolean on) {
    foreground = on;
  }

  /** -Q, {@code quiet_fail}. */
  public void quietFail(boolean on) {
    quietFail = on;
  }

  /** -R, {@code debug_renew}. */
  public void debugRenew(boolean on) {
    debugRenew = on;
  }

  /** -H, {@code renewal_history_size}: 0 keeps one, as little as there can be. */
  public void renewalHistorySize(int records) throws BadOption {
    renewalHistorySize = Math.max(1, within("renewal_history_size", records, 0, 100_000));
  }

  /** -L, {@code logfile_priority}. */
  public void logFilePriority(int priority) {
    logFilePriority = priority;
  }

  /** -S, {@code syslog_priority}. */
  public void syslogPriority(int priority) {
    syslogPriority = priority;
  }

  /** {@code logfile_use_utc}. */
  public void logFileUtc(boolean on) {
    logFileUtc = on;
  }

  /** -U, and the key uname. */
  public void user(String name) {
    user = Optional.of(name);
  }

  /** -G, and the key gname. */
  public void group(String name) {
    group = Optional.of(name);
  }

  /** -t, {@code max_worker_threads}: at least 2. */
  public void maxWorkerThreads(int threads) {
    maxWorkerThreads = Math.max(2, threads);
  }

  /** -g, {@code kill_grace_seconds}: what is outside 0 to 60 is ignored, as the original does. */
  public void gracePeriod(int seconds) {
    if (seconds >= 0 && seconds <= 60) {
      gracePeriod = OptionalInt.of(seconds);
    }
  }

  /** {@code grace_period} of leasehold.conf, which has checked it. */
  public void checkedGracePeriod(int seconds) {
    gracePeriod = OptionalInt.of(seconds);
  }

  /** -o, {@code io_timeout}. */
  public void ioTimeout(int seconds) throws BadOption {
    ioTimeout = within("io_timeout", seconds, 1, 255);
  }

  /** -w, {@code use_watchdog}. */
  public void useWatchdog(boolean on) {
    useWatchdog = on;
  }

  /** {@code watchdog_device}, which the original does not have. */
  public void watchdogDevice(String path) {
    watchdogDevice = Optional.of(path);
  }

  /** wdmd, whatever was said before. */
  public void wdmd() {
    useWatchdog = true;
    watchdogDevice = Optional.empty();
  }

  /** {@code watchdog_fire_timeout}. */
  public void watchdogFireTimeout(int seconds) throws BadOption {
    watchdogFireTimeout = within("watchdog_fire_timeout", seconds, 1, 3600);
  }

  /** -h, {@code high_priority}. */
  public void highPriority(boolean on) {
    highPriority = on;
  }

  /** -l, {@code mlock_level}. */
  public void mlockLevel(int level) throws BadOption {
    mlockLevel = within("mlock_level", level, 0, 2);
  }

  /** -b. */
  public void setBitmapSeconds(int seconds) throws BadOption {
    setBitmapSeconds = within("-b", seconds, 0, 86_400);
  }

  /** -e, {@code our_host_name}. */
  public void hostName(String name) {
    hostName = name.isEmpty() ? Optional.empty() : Optional.of(name);
  }

  /** -a, {@code use_aio}. */
  public void useAio(boolean on) {
    useAio = on;
  }

  /** {@code renewal_read_extend_sec}. */
  public void renewalReadExtend(int seconds) throws BadOption {
    renewalReadExtend = OptionalInt.of(within("renewal_read_extend_sec", seconds, 0, 86_400));
  }

  /** {@code write_init_io_timeout}. */
  public void writeInitIoTimeout(int seconds) throws BadOption {
    writeInitIoTimeout = within("write_init_io_timeout", seconds, 1, 86_400);
  }

  /** {@code sh_retries}. */
  public void sharedRetries(int tries) throws BadOption {
    sharedRetries = within("sh_retries", tries, 0, 1000);
  }

  /** {@code debug_clients}. */
  public void debugClients(boolean on) {
    debugClients = on;
  }

  /** {@code debug_cmd}: a bit per command. */
  public void debugCommand(int number, boolean on) {
    debugCommands = on ? debugCommands | 1L << number : debugCommands & ~(1L << number);
  }

  /** {@code debug_cmd}: all of them. */
  public void debugCommands(boolean on) {
    debugCommands = on ? -1 : 0;
  }

  /** {@code max_sectors_kb}. */
  public void maxSectorsKb(MaxSectors value) {
    maxSectorsKb = value;
  }

  private static int within(String what, int value, int least, int most) throws BadOption {
    if (value < least || value > most) {
      throw new BadOption(what + " is " + value + ", expected " + least + " to " + most);
    }
    return value;
  }
}
