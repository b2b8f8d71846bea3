// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.hostdaemon.DaemonHeld;
import dev.leasehold.cli.hostdaemon.DaemonSpace;
import dev.leasehold.ondisk.Geometry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The lines of {@code status} below its head: what the lease directory says. */
final class StatusText {
  private StatusText() {}

  static String text(View view, List<LeaseLine> leases, boolean all) {
    StringBuilder text = new StringBuilder();
    StatusHead.line(text, "lockspace", lockspace(view));
    uncovered(view).ifPresent(words -> StatusHead.line(text, "no watchdog", words));
    List<HostLine> hosts = HostsCommand.shown(view.hosts(), all);
    text.append('\n');
    text.append(hosts.isEmpty() ? "no hosts\n" : HostsCommand.table(hosts, view::isDaemons));
    return text.append('\n').append(leaseTable(view, leases, all)).toString();
  }

  private static String lockspace(View view) {
    if (view.lockspace().isEmpty()) {
      return view.directory().origin() == LeaseDirectory.Origin.DAEMON
          ? "not made yet: the daemon makes it when it joins"
          : "not made yet: the first \"leasehold run\" makes it";
    }
    Geometry geometry = view.lockspace().get().geometry();
    return LeaseDirectory.LOCKSPACE
        + ", "
        + geometry.sectorSize()
        + "-byte sectors, host ids 1 to "
        + geometry.maxHosts();
  }

  /** The daemon's watchdog is for what the daemon holds. */
  private static Optional<String> uncovered(View view) {
    boolean armed = view.daemon().joined().filter(facts -> facts.watchdog().isSound()).isPresent();
    long runs =
        view.hosts().stream()
            .filter(host -> host.state() != HostLine.State.LEFT && host.run().isPresent())
            .count();
    return !armed || runs == 0
        ? Optional.empty()
        : Optional.of(
            "for the "
                + (runs == 1 ? "run" : runs + " runs")
                + " of \"leasehold run\" on this host");
  }

  private static String leaseTable(View view, List<LeaseLine> leases, boolean all) {
    Instant now = HostPorts.clock().wallTime();
    Table table = newTable();
    int rows = 0;
    for (LeaseLine lease : leases) {
      if (StatusCommand.isShown(lease, view, all)) {
        rows += rows(table, lease, view, now);
      }
    }
    long free =
        leases.stream().filter(lease -> LeaseState.of(lease, view) == LeaseState.FREE).count();
    String summary = "leases: " + leases.size() + ", of these free: " + free + "\n";
    return rows == 0 ? summary : table.render() + "\n" + summary;
  }

  static Table newTable() {
    return new Table("STATE", "HOST", "PID", "SINCE", "DISK", "HOLDER");
  }

  /** A row for each holder, or one for a lease without; how many. */
  private static int rows(Table table, LeaseLine lease, View view, Instant now) {
    LeaseState state = LeaseState.of(lease, view);
    int rows = 0;
    for (HolderLine line : lease.holders()) {
      Holding holding = view.holding(line);
      if (holding.standing() == Holding.Standing.HOLDS) {
        String who = holding.who().or(() -> process(lease, holding, view)).orElse("-");
        row(table, state, holding, mark(holding, view), lease.title(), who, now);
        rows++;
      }
    }
    if (rows == 0) {
      table.row(state.text(), "-", "-", "-", lease.title(), lease.fault().orElse("-"));
      rows++;
    }
    return rows;
  }

  /** What runs there, if the lease does not say it and this host's daemon holds it. */
  private static Optional<String> process(LeaseLine lease, Holding holding, View view) {
    return view.daemon()
        .said()
        .filter(facts -> holding.host().filter(view::isDaemons).isPresent())
        .flatMap(
            facts ->
                facts.held().stream()
                    .filter(held -> held.lease().equals(lease.name()))
                    .filter(held -> holding.pid().filter(pid -> pid == held.pid()).isPresent())
                    .map(DaemonHeld::process)
                    .filter(process -> !process.isEmpty())
                    .findFirst());
  }

  /** Behind a host id: whether it is this host's daemon, and how its leases stand. */
  private static String mark(Holding holding, View view) {
    if (view.daemon().here().isEmpty() || holding.host().isEmpty()) {
      return "";
    }
    HostLine host = holding.host().get();
    if (view.isDaemons(host)) {
      return mark(view.daemon().here().get());
    }
    if (host.state() != HostLine.State.SILENT) {
      return "";
    }
    return Deadline.of(host, view.daemon().fireTimeout()).isDead() ? " dead" : " silent";
  }

  static String mark(DaemonSpace space) {
    return switch (space.health()) {
      case AT_RISK -> " AT RISK";
      case LOST -> " LOST";
      case JOINING, WELL, FAILING, LEAVING -> " here";
    };
  }

  /** A holder; {@code mark} stands behind its host id. */
  static void row(
      Table table,
      LeaseState state,
      Holding holding,
      String mark,
      String title,
      String who,
      Instant now) {
    table.row(
        state.text(),
        Long.toUnsignedString(holding.holder().hostId()) + mark,
        holding.pid().map(Object::toString).orElse("-"),
        HoldingText.since(holding, now),
        title,
        who);
  }
}
