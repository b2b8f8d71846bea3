// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.json.Json;
import java.util.Optional;

/** One look as the JSON that docs/cli.md promises. */
final class TopJson {
  private TopJson() {}

  static Json of(TopLook look, long monotonicSeconds) {
    return new Json.Members()
        .put("time", look.at().toString())
        .put("lease_dir", look.directory())
        .putText("fault", look.fault())
        .putWhole(
            "read_us",
            look.reads().isEmpty()
                ? Optional.empty()
                : Optional.of(look.reads().getLast().toNanos() / 1000))
        .put(
            "daemon",
            look.daemon()
                .<Json>map(daemon -> daemon(daemon, monotonicSeconds))
                .orElse(Json.Null.NULL))
        .put("hosts", Json.array(look.hosts(), host -> host(host, look.fireTimeout())))
        .put("leases", counts(look.counts()))
        .put("changes", Json.array(look.changes(), TopJson::change));
  }

  private static Json host(HostLine host, int fireTimeout) {
    Deadline deadline = Deadline.of(host, fireTimeout);
    Json.Members members = ViewJson.host(host);
    return members
        .put("lost_after_seconds", deadline.lostAfter())
        .put("dead_after_seconds", deadline.deadAfter());
  }

  private static Json daemon(TopLook.Daemon daemon, long now) {
    Optional<TopLook.Renewal> last =
        daemon.renewals().isEmpty() ? Optional.empty() : Optional.of(daemon.renewals().getLast());
    return new Json.Members()
        .put("host_id", daemon.hostId())
        .putWhole("renewed_seconds_ago", last.map(renewal -> now - renewal.timestamp()))
        .putWhole("read_ms", last.map(TopLook.Renewal::readMillis))
        .putWhole("write_ms", last.map(TopLook.Renewal::writeMillis))
        .put("failures", daemon.renewals().stream().mapToLong(TopLook.Renewal::failures).sum());
  }

  private static Json counts(TopLook.Counts counts) {
    return new Json.Members()
        .put("total", counts.total())
        .put("held", counts.held())
        .put("free", counts.free())
        .put("damaged", counts.damaged())
        .put("unread", counts.unread());
  }

  private static Json change(TopLook.Change change) {
    return new Json.Members()
        .put("time", change.at().toString())
        .put("change", change.kind().text())
        .put("lease", change.lease())
        .putText("disk", change.disk())
        .putText("who", change.who());
  }
}
