// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.hostdaemon.DaemonWatchdog;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What {@code leasehold top} knows after one look.
 *
 * @param directory of the leases, safe to show
 * @param hosts those that are there
 * @param counts of leases
 * @param changes of this look, oldest first
 * @param daemon that has joined the lockspace, if one of this host has
 * @param reads how long the last reads of the lockspace took, oldest first
 * @param fault why this look could not be finished; then the rest is that of an earlier one
 */
record TopLook(
    Instant at,
    String directory,
    List<HostLine> hosts,
    Counts counts,
    List<Change> changes,
    Optional<Daemon> daemon,
    List<Duration> reads,
    Optional<String> fault) {

  /** Keeps the lists from being changed. */
  TopLook {
    hosts = List.copyOf(hosts);
    changes = List.copyOf(changes);
    reads = List.copyOf(reads);
  }

  /**
   * Leases by what is known of them.
   *
   * @param total all files of leases
   * @param damaged those that cannot be used
   * @param unread those that were not looked at yet
   */
  record Counts(int total, int held, int free, int damaged, int unread) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0);
  }

  /** What became of a lease. */
  enum Kind {
    /** Somebody has it who did not have it before. */
    TAKEN("taken"),
    /** Nobody has it any more. */
    GIVEN_BACK("given_back"),
    /** Its file is gone. */
    REMOVED("removed");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** In JSON. */
    String text() {
      return text;
    }
  }

  /**
   * A lease that came or went.
   *
   * @param disk its disk, or its name where that is not known
   * @param who its holder in words; empty if nobody holds it
   */
  record Change(Instant at, Kind kind, String lease, Optional<String> disk, Optional<String> who) {
    String title() {
      return disk.orElse(lease);
    }
  }

  /**
   * The daemon of this host.
   *
   * @param fireTimeout W in seconds
   * @param renewals the last ones, oldest first
   */
  record Daemon(long hostId, int fireTimeout, List<Renewal> renewals) {
    /** Keeps the list from being changed. */
    Daemon {
      renewals = List.copyOf(renewals);
    }
  }

  /**
   * One renewal of the daemon.
   *
   * @param timestamp CLOCK_MONOTONIC seconds
   * @param readMillis of the area
   * @param writeMillis of the host's own sector
   * @param failures between it and the next one
   */
  record Renewal(long timestamp, long readMillis, long writeMillis, long failures) {}

  /** W in seconds, as this host reckons with it. */
  int fireTimeout() {
    return daemon.map(Daemon::fireTimeout).orElse(DaemonWatchdog.USUAL);
  }

  /** The same after a look that failed. */
  TopLook failed(Instant when, String words) {
    return new TopLook(
        when, directory, hosts, counts, List.of(), daemon, reads, Optional.of(words));
  }
}
