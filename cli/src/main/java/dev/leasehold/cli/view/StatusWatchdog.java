// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.hostdaemon.DaemonAnswer;
import dev.leasehold.cli.hostdaemon.DaemonFacts;
import dev.leasehold.cli.hostdaemon.DaemonWatchdog;
import dev.leasehold.cli.json.Json;
import java.util.Optional;

/** What resets this host for the leases of a directory: safety rule 3 of docs/design.md. */
final class StatusWatchdog {
  private static final String NOBODY =
      "none configured: nothing resets this host if a process cannot be killed";

  private StatusWatchdog() {}

  static String words(LeaseDirectory directory, DaemonAnswer daemon) {
    return switch (daemon) {
      case DaemonAnswer.Told told when told.joined().isPresent() -> told.facts().watchdog().words();
      case DaemonAnswer.Told _ -> "none for this directory: nothing resets this host";
      case DaemonAnswer.Mute _ ->
          isKnown(directory, daemon) ? NOBODY : "not known, since the daemon was not heard";
      case DaemonAnswer.Absent _ ->
          directory.origin() == LeaseDirectory.Origin.DAEMON
              ? "none armed, since no daemon runs: nothing resets this host"
              : NOBODY;
    };
  }

  /** A daemon that is not heard may have joined any directory but that of the runs of a user. */
  private static boolean isKnown(LeaseDirectory directory, DaemonAnswer daemon) {
    return !(daemon instanceof DaemonAnswer.Mute) || directory.isDefault();
  }

  static Json json(LeaseDirectory directory, DaemonAnswer daemon) {
    Optional<DaemonWatchdog> watchdog = daemon.joined().map(DaemonFacts::watchdog);
    Json protects =
        isKnown(directory, daemon)
            ? new Json.Bool(watchdog.filter(DaemonWatchdog::isSound).isPresent())
            : Json.Null.NULL;
    return new Json.Members()
        .put("configured", watchdog.filter(DaemonWatchdog::configured).isPresent())
        .put("words", words(directory, daemon))
        .put("protects", protects)
        .putWhole("armed", watchdog.flatMap(DaemonWatchdog::armed))
        .putWhole("fire_timeout", watchdog.map(known -> (long) known.fireTimeout()));
  }
}
