// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.Command;
import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.disk.LeaseDirectories;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.json.Json;
import dev.leasehold.cli.json.JsonWriter;
import dev.leasehold.ondisk.Geometry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** {@code leasehold status}. */
public final class StatusCommand implements Command {
  private static final String WATCHDOG =
      "none configured: nothing resets this host if a process cannot be killed";

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "status",
        "show who holds what, and which hosts are alive",
        List.of(
            "Shows the leases and hosts of a lease directory. Only looks, takes part in nothing."),
        List.of(
            LeaseDirectories.LOOK_OPTION, ViewOptions.ALL, ViewOptions.NO_WAIT, ViewOptions.JSON),
        List.of(),
        Optional.empty(),
        List.of(
            new CommandSpec.Example(
                "leasehold status", "What this host's daemon or runs of this user hold."),
            new CommandSpec.Example(
                "leasehold status --lease-dir /mnt/share/leases --json",
                "The same for a shared directory, for a program to read.")));
  }

  @Override
  public int run(Arguments arguments, Terminal terminal) throws UsageException, Failure {
    boolean all = arguments.flag("all");
    try (View view = View.open(LeaseDirectories.lookedAt(arguments, terminal), terminal)) {
      if (!arguments.flag("no-wait")) {
        view.observeAll();
      }
      List<LeaseLine> leases = view.leases();
      terminal.print(arguments.flag("json") ? json(view, leases, all) : text(view, leases, all));
    }
    return ExitCode.OK.number();
  }

  private static boolean isShown(LeaseLine lease, View view, boolean all) {
    return all || LeaseState.of(lease, view) != LeaseState.FREE;
  }

  private static String json(View view, List<LeaseLine> leases, boolean all) {
    Json.Members answer =
        new Json.Members()
            .put("lease_dir", view.directory().path())
            .put("lockspace", LeaseDirectory.LOCKSPACE)
            .put("lockspace_exists", view.lockspace().isPresent())
            .put("watchdog", new Json.Members().put("configured", false).put("words", WATCHDOG))
            .put("hosts", Json.array(HostsCommand.shown(view.hosts(), all), ViewJson::host))
            .put("leases", leases(view, leases, all));
    return JsonWriter.render(answer) + "\n";
  }

  private static Json leases(View view, List<LeaseLine> leases, boolean all) {
    return Json.array(
        leases.stream().filter(lease -> isShown(lease, view, all)).toList(),
        lease -> ViewJson.lease(lease, view));
  }

  private static String text(View view, List<LeaseLine> leases, boolean all) {
    StringBuilder text = new StringBuilder();
    text.append("lease directory  ").append(view.directory().shown());
    text.append(
        switch (view.directory().origin()) {
          case DEFAULT -> " (default, this machine only)\n";
          case DAEMON -> " (of this host's daemon)\n";
          case NAMED -> "\n";
        });
    text.append("lockspace        ").append(lockspace(view)).append('\n');
    text.append("watchdog         ").append(WATCHDOG).append("\n\n");
    List<HostLine> hosts = HostsCommand.shown(view.hosts(), all);
    text.append(hosts.isEmpty() ? "no hosts\n" : HostsCommand.table(hosts)).append('\n');
    return text.append(leaseTable(view, leases, all)).toString();
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

  private static String leaseTable(View view, List<LeaseLine> leases, boolean all) {
    Instant now = HostPorts.clock().wallTime();
    Table table = new Table("STATE", "HOST", "PID", "SINCE", "DISK", "HOLDER");
    int rows = 0;
    for (LeaseLine lease : leases) {
      if (isShown(lease, view, all)) {
        rows += row(table, lease, view, now);
      }
    }
    long free =
        leases.stream().filter(lease -> LeaseState.of(lease, view) == LeaseState.FREE).count();
    String summary = "leases: " + leases.size() + ", of these free: " + free + "\n";
    return rows == 0 ? summary : table.render() + "\n" + summary;
  }

  /** A row for each holder, or one for a lease without; how many. */
  private static int row(Table table, LeaseLine lease, View view, Instant now) {
    LeaseState state = LeaseState.of(lease, view);
    int rows = 0;
    for (HolderLine line : lease.holders()) {
      Holding holding = view.holding(line);
      if (holding.standing() == Holding.Standing.HOLDS) {
        table.row(
            state.text(),
            Long.toUnsignedString(line.hostId()),
            holding.pid().map(Object::toString).orElse("-"),
            HoldingText.since(holding, now),
            lease.title(),
            holding.who().orElse("-"));
        rows++;
      }
    }
    if (rows == 0) {
      table.row(state.text(), "-", "-", "-", lease.title(), lease.fault().orElse("-"));
      rows++;
    }
    return rows;
  }
}
