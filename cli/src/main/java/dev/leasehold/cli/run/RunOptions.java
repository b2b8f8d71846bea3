// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.disk.Disk;
import dev.leasehold.cli.disk.DiskMode;
import dev.leasehold.cli.disk.LeaseDirectory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a run is to do.
 *
 * @param directory where the leases are
 * @param disks all of them, those without a lease too
 * @param command the command and its arguments
 * @param hostId the host id to take; empty for one that is free
 * @param ioTimeout N in seconds
 * @param watchdogFire W in seconds, that of the hosts that share the directory
 * @param grace seconds from the loss of the leases, or SIGTERM, to SIGKILL
 * @param maxHosts how many host ids a new lease has room for, at least; empty for as usual
 * @param patience how long to wait for a lease that somebody else holds
 * @param quiet say nothing but errors
 */
record RunOptions(
    LeaseDirectory directory,
    List<Disk> disks,
    List<String> command,
    OptionalLong hostId,
    int ioTimeout,
    int watchdogFire,
    int grace,
    OptionalLong maxHosts,
    Optional<Duration> patience,
    boolean quiet) {

  /** sanlock's grace period. */
  private static final int DEFAULT_GRACE = 40;

  /** SIGKILL must have done its work before another host may take the lease: seconds before W. */
  private static final int KILL_TIME = 10;

  private static final int LOCAL_IO_TIMEOUT = 1;
  private static final int SHARED_IO_TIMEOUT = 10;
  private static final int MOST_HOSTS = 2000;
  private static final int LONGEST_IO_TIMEOUT = 255;
  private static final long LONGEST_WAIT = 10L * 365 * 24 * 3600;

  /** Reads the options; disks, directory and W are given. */
  static RunOptions of(
      Arguments arguments, LeaseDirectory directory, List<Disk> disks, int watchdogFire)
      throws UsageException {
    int longestGrace = Math.max(0, watchdogFire - KILL_TIME);
    int usual = directory.isDefault() ? LOCAL_IO_TIMEOUT : SHARED_IO_TIMEOUT;
    OptionalLong wait = arguments.number("wait", 0, LONGEST_WAIT, "seconds");
    return new RunOptions(
        directory,
        List.copyOf(disks),
        arguments.rest(),
        hostId(arguments),
        (int) arguments.number("io-timeout", 1, LONGEST_IO_TIMEOUT, "seconds").orElse(usual),
        watchdogFire,
        (int)
            arguments
                .number("grace", 0, longestGrace, "seconds")
                .orElse(Math.min(DEFAULT_GRACE, longestGrace)),
        arguments.number("max-hosts", 1, MOST_HOSTS, "hosts"),
        wait.isPresent() && wait.getAsLong() > 0
            ? Optional.of(Duration.ofSeconds(wait.getAsLong()))
            : Optional.empty(),
        arguments.flag("quiet"));
  }

  private static OptionalLong hostId(Arguments arguments) throws UsageException {
    if (arguments.value("host-id").filter("auto"::equals).isPresent()) {
      return OptionalLong.empty();
    }
    try {
      return arguments.number("host-id", 1, MOST_HOSTS, "a host id");
    } catch (UsageException e) {
      throw new UsageException(e.words() + ", or auto");
    }
  }

  /** The disks that a lease is taken for. */
  List<Disk> leasedDisks() {
    return disks.stream().filter(disk -> disk.mode() != DiskMode.READ_ONLY).toList();
  }

  /** The command as it was typed, more or less. */
  String commandLine() {
    return String.join(" ", command);
  }
}
