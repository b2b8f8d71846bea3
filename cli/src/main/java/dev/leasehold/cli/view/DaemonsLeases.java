// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.hostdaemon.DaemonFacts;
import dev.leasehold.cli.hostdaemon.DaemonHeld;
import dev.leasehold.cli.hostdaemon.DaemonSpace;
import dev.leasehold.cli.json.Json;
import dev.leasehold.cli.view.HostLine.State;
import dev.leasehold.ondisk.HolderNote;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The leases of this host as its daemon tells them, where the lease directory cannot be read. */
final class DaemonsLeases {
  private DaemonsLeases() {}

  /** Of the daemon that has joined the directory. */
  static String text(DaemonFacts facts) {
    String mark = facts.here().map(StatusText::mark).orElse("");
    Instant now = HostPorts.clock().wallTime();
    Table table = StatusText.newTable();
    for (DaemonHeld held : facts.held()) {
      LeaseState state = held.shared() ? LeaseState.SHARED : LeaseState.EXCLUSIVE;
      Holding holding = holding(facts, held);
      String who = holding.who().orElse("-");
      StatusText.row(table, state, holding, mark, held.lease(), who, now);
    }
    String summary = "leases of this host, as its daemon says: " + leases(facts).size() + "\n";
    return "\n" + (facts.held().isEmpty() ? "" : table.render() + "\n") + summary;
  }

  static Json json(DaemonFacts facts) {
    return Json.array(
        List.copyOf(leases(facts).entrySet()),
        lease ->
            new Json.Members()
                .put("lease", lease.getKey())
                .putText("disk", Optional.empty())
                .put(
                    "state",
                    (lease.getValue().getFirst().shared()
                            ? LeaseState.SHARED
                            : LeaseState.EXCLUSIVE)
                        .text())
                .put(
                    "holders",
                    Json.array(lease.getValue(), held -> ViewJson.holder(holding(facts, held))))
                .putText("fault", Optional.empty()));
  }

  private static Map<String, List<DaemonHeld>> leases(DaemonFacts facts) {
    Map<String, List<DaemonHeld>> leases = new LinkedHashMap<>();
    for (DaemonHeld held : facts.held()) {
      leases.computeIfAbsent(held.lease(), name -> new java.util.ArrayList<>()).add(held);
    }
    return leases;
  }

  /** The host as far as the daemon knows it: its own. */
  static HostLine host(DaemonFacts facts) {
    DaemonSpace here = facts.here().orElseThrow();
    Duration period = Duration.ofSeconds(2L * here.ioTimeout() + 2);
    return new HostLine(
        here.hostId(),
        facts.hostName(),
        here.generation(),
        HostPorts.clock().monotonicSeconds() - here.unrenewed().toSeconds(),
        here.ioTimeout(),
        here.unrenewed().compareTo(period) <= 0 ? State.ALIVE : State.SILENT,
        Optional.of(here.unrenewed()),
        Optional.empty(),
        Duration.ZERO,
        Optional.empty(),
        Optional.empty());
  }

  private static Holding holding(DaemonFacts facts, DaemonHeld held) {
    DaemonSpace here = facts.here().orElseThrow();
    HolderNote note =
        new HolderNote(
            held.shared(),
            false,
            here.hostId(),
            here.generation(),
            0,
            0,
            held.pid(),
            0,
            held.process(),
            Optional.empty(),
            facts.hostName(),
            "");
    HolderLine line =
        new HolderLine(here.hostId(), here.generation(), held.shared(), 0, Optional.of(note));
    return new Holding(
        line, Optional.of(host(facts)), Holding.Standing.HOLDS, Optional.empty(), false);
  }
}
