// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.Failure;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.hostdaemon.DaemonAnswer;
import dev.leasehold.cli.hostdaemon.DaemonFacts;
import dev.leasehold.cli.hostdaemon.DaemonSpace;
import dev.leasehold.cli.hostdaemon.DaemonSpace.Health;
import dev.leasehold.cli.json.Json;
import dev.leasehold.cli.json.JsonWriter;
import java.util.List;
import java.util.Optional;

/** {@code status --json}, as docs/cli.md promises it. */
final class StatusJson {
  private StatusJson() {}

  static String of(View view, List<LeaseLine> leases, boolean all) {
    return text(
        view.directory(),
        view.daemon(),
        view.lockspace().isPresent(),
        Json.array(HostsCommand.shown(view.hosts(), all), ViewJson::host),
        Json.array(
            leases.stream().filter(lease -> StatusCommand.isShown(lease, view, all)).toList(),
            lease -> ViewJson.lease(lease, view)),
        Optional.empty());
  }

  /** Where the directory cannot be read: what the daemon knows without. */
  static String ofDaemon(
      LeaseDirectory directory, DaemonAnswer daemon, DaemonFacts facts, Failure why) {
    return text(
        directory,
        daemon,
        true,
        Json.array(List.of(DaemonsLeases.host(facts)), ViewJson::host),
        DaemonsLeases.json(facts),
        Optional.of(why.words()));
  }

  private static String text(
      LeaseDirectory directory,
      DaemonAnswer daemon,
      boolean exists,
      Json hosts,
      Json leases,
      Optional<String> fault) {
    Json.Members answer =
        new Json.Members()
            .put("lease_dir", directory.path())
            .put("lockspace", LeaseDirectory.LOCKSPACE)
            .put("lockspace_exists", exists)
            .put("watchdog", StatusWatchdog.json(directory, daemon))
            .put("daemon", daemon(daemon))
            .put("hosts", hosts)
            .put("leases", leases)
            .putText("fault", fault);
    return JsonWriter.render(answer) + "\n";
  }

  private static Json daemon(DaemonAnswer daemon) {
    return new Json.Members()
        .put("socket", daemon.socket().toString())
        .put(
            "state",
            switch (daemon) {
              case DaemonAnswer.Absent _ -> "absent";
              case DaemonAnswer.Mute _ -> "mute";
              case DaemonAnswer.Told told -> told.here().isPresent() ? "joined" : "not_joined";
            })
        .put(
            "words",
            daemon.here().map(StatusHead::health).orElseGet(() -> StatusHead.daemon(daemon)))
        .putWhole("host_id", daemon.here().map(DaemonSpace::hostId))
        .put(
            "lockspaces",
            Json.array(
                daemon.said().map(DaemonFacts::lockspaces).orElse(List.of()),
                space -> space(space, daemon)));
  }

  private static Json space(DaemonSpace space, DaemonAnswer daemon) {
    Optional<DaemonSpace> renewed =
        Optional.of(space).filter(one -> one.health() != Health.JOINING);
    return new Json.Members()
        .put("lockspace", space.name())
        .put("path", space.path())
        .put("here", daemon.here().filter(space::equals).isPresent())
        .put("host_id", space.hostId())
        .put("generation", new Json.Unsigned(space.generation()))
        .put("io_timeout", space.ioTimeout())
        .put("health", space.health().text())
        .put("at_risk", space.isAtRisk())
        .putWhole("renewed_seconds_ago", renewed.map(one -> one.unrenewed().toSeconds()))
        .putWhole("lost_in_seconds", renewed.map(one -> one.lostIn().toSeconds()));
  }
}
