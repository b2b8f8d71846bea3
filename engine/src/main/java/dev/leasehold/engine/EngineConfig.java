// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.ondisk.HostNames;
import dev.leasehold.ondisk.Name;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What may be set. All times in seconds. The defaults are sanlock's.
 *
 * @param hostName the name this engine signs its host leases with: best one that no other host and
 *     no earlier start ever had
 * @param nodeName what people call this host, for holders' notes and messages; empty for what
 *     {@code hostName} tells of it
 * @param uniqueToMachine whether the caller declares that no other machine can ever sign with
 *     {@code hostName}. Then a record of ours from before a reboot is taken over after a short
 *     watch (the boot-time clock proves it old); otherwise it is waited for like any other host's.
 *     A clone of a machine, or one that was configured by copying, makes the declaration false, and
 *     then two machines may hold one lease
 * @param ioTimeout N where a join does not say, 1 to 255
 * @param watchdogFireTimeout W; must be the same on all hosts, C hosts have 60
 * @param gracePeriod g: how long holders have to stop before SIGKILL
 * @param setBitmapSeconds how long a host is told something; 0 for 6 N
 * @param renewalReadExtend how long a late renewal read is waited for; empty for N
 * @param renewalHistorySize renewals remembered per lockspace
 * @param formatIoTimeout of the writes that format
 * @param sharedRetries how often a shared acquire is repeated while another one is short-held
 * @param zone for times of day in messages
 * @param holderNotes whether holders' notes are written beside the leases, for the messages that
 *     other hosts give
 */
public record EngineConfig(
    Name hostName,
    Optional<String> nodeName,
    boolean uniqueToMachine,
    int ioTimeout,
    int watchdogFireTimeout,
    int gracePeriod,
    int setBitmapSeconds,
    OptionalInt renewalReadExtend,
    int renewalHistorySize,
    int formatIoTimeout,
    int sharedRetries,
    ZoneId zone,
    boolean holderNotes) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value and its range
   */
  public EngineConfig {
    check("hostName length", hostName.length(), 1, Name.SIZE - 1);
    check("ioTimeout", ioTimeout, 1, 255);
    check("watchdogFireTimeout", watchdogFireTimeout, 1, 3600);
    // Beyond W the watchdog has fired and others may take the leases.
    check("gracePeriod", gracePeriod, 0, watchdogFireTimeout);
    check("setBitmapSeconds", setBitmapSeconds, 0, 86_400);
    check("renewalReadExtend", renewalReadExtend.orElse(0), 0, 86_400);
    check("renewalHistorySize", renewalHistorySize, 1, 100_000);
    check("formatIoTimeout", formatIoTimeout, 1, 86_400);
    check("sharedRetries", sharedRetries, 0, 1000);
  }

  private static void check(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          what + " is " + value + ", expected " + least + " to " + most);
    }
  }

  /** The defaults; times of day in UTC. */
  public static EngineConfig of(Name hostName) {
    return new EngineConfig(
        hostName,
        Optional.empty(),
        false,
        10,
        60,
        40,
        0,
        OptionalInt.empty(),
        180,
        60,
        8,
        ZoneOffset.UTC,
        true);
  }

  /** What people call this host, in a holder's note. */
  public String notedHostName() {
    return nodeName.orElseGet(() -> HostNames.shown(hostName));
  }

  /** What people call this host, on this host: what others show of it where they can. */
  public String shownHostName() {
    return HostNames.best(Optional.of(hostName.toString()), nodeName).orElse("");
  }

  /** The same on a host that people call so: as {@code uname -n} has it, cut by nobody. */
  public EngineConfig withNodeName(String name) {
    return with(copy -> copy.nodeName = Optional.of(name));
  }

  /** The same; the caller declares that no other machine can ever sign with this host name. */
  public EngineConfig withHostNameUniqueToMachine() {
    return with(copy -> copy.uniqueToMachine = true);
  }

  /** The same with another default io timeout. */
  public EngineConfig withIoTimeout(int seconds) {
    return with(copy -> copy.ioTimeout = seconds);
  }

  /** The same with another watchdog fire timeout and grace period, which belong together. */
  public EngineConfig withWatchdog(int fireTimeout, int grace) {
    return with(
        copy -> {
          copy.watchdogFireTimeout = fireTimeout;
          copy.gracePeriod = grace;
        });
  }

  /** The same with another grace period. */
  public EngineConfig withGracePeriod(int seconds) {
    return with(copy -> copy.gracePeriod = seconds);
  }

  /** The same with another time for which a host is told something. */
  public EngineConfig withSetBitmapSeconds(int seconds) {
    return with(copy -> copy.setBitmapSeconds = seconds);
  }

  /** The same with another read extension. */
  public EngineConfig withRenewalReadExtend(int seconds) {
    return with(copy -> copy.renewalReadExtend = OptionalInt.of(seconds));
  }

  /** The same with another length of the renewal history. */
  public EngineConfig withRenewalHistorySize(int records) {
    return with(copy -> copy.renewalHistorySize = records);
  }

  /** The same with another deadline for writes that format. */
  public EngineConfig withFormatIoTimeout(int seconds) {
    return with(copy -> copy.formatIoTimeout = seconds);
  }

  /** The same with another number of tries for shared leases. */
  public EngineConfig withSharedRetries(int tries) {
    return with(copy -> copy.sharedRetries = tries);
  }

  /** The same with another time zone for messages. */
  public EngineConfig withZone(ZoneId other) {
    return with(copy -> copy.zone = other);
  }

  /** The same with or without holders' notes. */
  public EngineConfig withHolderNotes(boolean write) {
    return with(copy -> copy.holderNotes = write);
  }

  private EngineConfig with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.config();
  }

  private static final class Copy {
    private final Name hostName;
    private Optional<String> nodeName;
    private boolean uniqueToMachine;
    private int ioTimeout;
    private int watchdogFireTimeout;
    private int gracePeriod;
    private int setBitmapSeconds;
    private OptionalInt renewalReadExtend;
    private int renewalHistorySize;
    private int formatIoTimeout;
    private int sharedRetries;
    private ZoneId zone;
    private boolean holderNotes;

    Copy(EngineConfig from) {
      hostName = from.hostName;
      nodeName = from.nodeName;
      uniqueToMachine = from.uniqueToMachine;
      ioTimeout = from.ioTimeout;
      watchdogFireTimeout = from.watchdogFireTimeout;
      gracePeriod = from.gracePeriod;
      setBitmapSeconds = from.setBitmapSeconds;
      renewalReadExtend = from.renewalReadExtend;
      renewalHistorySize = from.renewalHistorySize;
      formatIoTimeout = from.formatIoTimeout;
      sharedRetries = from.sharedRetries;
      zone = from.zone;
      holderNotes = from.holderNotes;
    }

    EngineConfig config() {
      return new EngineConfig(
          hostName,
          nodeName,
          uniqueToMachine,
          ioTimeout,
          watchdogFireTimeout,
          gracePeriod,
          setBitmapSeconds,
          renewalReadExtend,
          renewalHistorySize,
          formatIoTimeout,
          sharedRetries,
          zone,
          holderNotes);
    }
  }
}
