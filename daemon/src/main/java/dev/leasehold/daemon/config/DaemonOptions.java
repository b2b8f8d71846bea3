// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.config;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the daemon was told, from the configuration file and then the command line. Times in
 * seconds. The original's keys and options in docs/spec/algorithms.md 7.1 and 7.2.
 *
 * @param foreground stay in the foreground and log everything to standard error (-D)
 * @param quietFail as shown in status (-Q)
 * @param debugRenew as shown in status (-R)
 * @param renewalHistorySize renewals remembered per lockspace (-H)
 * @param logFilePriority least urgent priority of lines in the log file, -1 for none (-L)
 * @param syslogPriority the same for the system log (-S)
 * @param logFileUtc whether times in the log are UTC
 * @param user as whom to act (-U)
 * @param group of the socket (-G)
 * @param maxWorkerThreads as shown in status: the number of requests in flight is not bounded (-t)
 * @param gracePeriod how long holders have to stop (-g); empty for what suits the watchdog
 * @param ioTimeout of lockspaces that are added without one (-o)
 * @param useWatchdog whether wdmd, or the device, resets this host when leases are lost (-w)
 * @param watchdogDevice the device itself, for hosts without wdmd
 * @param watchdogFireTimeout W
 * @param highPriority whether to run before all that is not real-time (-h)
 * @param mlockLevel 0 to leave memory unlocked, 1 or 2 to lock it (-l)
 * @param setBitmapSeconds how long a host is told something, 0 for six io timeouts (-b)
 * @param hostName the own name, empty for one of its own for every start (-e)
 * @param useAio as shown in status (-a)
 * @param renewalReadExtend how long a late renewal read is waited for
 * @param writeInitIoTimeout of writes that format
 * @param sharedRetries how often a shared acquisition is repeated
 * @param debugClients as shown in status
 * @param debugCommands as shown in status
 * @param maxSectorsKb as shown in status
 */
public record DaemonOptions(
    boolean foreground,
    boolean quietFail,
    boolean debugRenew,
    int renewalHistorySize,
    int logFilePriority,
    int syslogPriority,
    boolean logFileUtc,
    Optional<String> user,
    Optional<String> group,
    int maxWorkerThreads,
    OptionalInt gracePeriod,
    int ioTimeout,
    boolean useWatchdog,
    Optional<String> watchdogDevice,
    int watchdogFireTimeout,
    boolean highPriority,
    int mlockLevel,
    int setBitmapSeconds,
    Optional<String> hostName,
    boolean useAio,
    OptionalInt renewalReadExtend,
    int writeInitIoTimeout,
    int sharedRetries,
    boolean debugClients,
    long debugCommands,
    MaxSectors maxSectorsKb) {

  /** The daemon's default W, which every host of a cluster must share. */
  static final int DEFAULT_FIRE_TIMEOUT = 60;

  /** What is said of {@code max_sectors_kb}. */
  public record MaxSectors(boolean ignore, boolean align, int number) {}

  /**
   * How long holders have to stop: as configured, else what leaves them dead before the watchdog
   * fires (docs/spec/algorithms.md 1.1).
   */
  public int grace() {
    int suits = watchdogFireTimeout >= 60 ? 40 : watchdogFireTimeout >= 30 ? 15 : 0;
    return Math.min(gracePeriod.orElse(suits), watchdogFireTimeout);
  }
}
