// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.json.Json;
import dev.leasehold.cli.local.RunRecord;
import java.time.Duration;
import java.time.Instant;

/** The JSON of hosts and leases, as docs/cli.md promises it. */
final class ViewJson {
  private ViewJson() {}

  static Json.Members host(HostLine host) {
    return new Json.Members()
        .put("host_id", host.hostId())
        .put("name", host.shownName())
        .put("raw_name", host.name())
        .put("state", host.state().text())
        .putWhole("renewed_seconds_ago", host.age().map(Duration::toSeconds))
        .putWhole("seen_seconds_ago", host.seen().map(Duration::toSeconds))
        .put("silent_seconds", host.silence().toSeconds())
        .put("generation", new Json.Unsigned(host.generation()))
        .put("timestamp", new Json.Unsigned(host.timestamp()))
        .put("io_timeout", host.ioTimeout())
        .put("run", host.run().<Json>map(ViewJson::run).orElse(Json.Null.NULL))
        .putText("fault", host.fault());
  }

  private static Json run(RunRecord run) {
    return new Json.Members()
        .put("supervisor_pid", run.supervisor().pid())
        .putWhole("command_pid", run.command().map(id -> (long) id.pid()))
        .put("command", run.commandLine());
  }

  static Json lease(LeaseLine lease, View view) {
    return new Json.Members()
        .put("lease", lease.name())
        .putText("disk", lease.disk())
        .put("state", LeaseState.of(lease, view).text())
        .put("holders", Json.array(lease.holders(), line -> holder(view.holding(line))))
        .putText("fault", lease.fault());
  }

  static Json holder(Holding holding) {
    HolderLine line = holding.holder();
    return new Json.Members()
        .put("mode", line.shared() ? "shared" : "exclusive")
        .put("holds", holding.standing() == Holding.Standing.HOLDS)
        .put("host_id", new Json.Unsigned(line.hostId()))
        .put("generation", new Json.Unsigned(line.generation()))
        .putText("host_name", holding.hostName())
        .put(
            "host_state",
            holding.host().map(host -> host.state().text()).orElse(HostLine.State.LEFT.text()))
        .putText("holder", holding.who())
        .put("guest", line.note().filter(note -> note.guest()).isPresent())
        .putWhole("pid", holding.pid())
        .putText("since", holding.since().map(Instant::toString))
        .put("since_exact", holding.sinceExact());
  }
}
