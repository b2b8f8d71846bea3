// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.Command;
import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.disk.LeaseDirectories;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.hostdaemon.DaemonAnswer;
import dev.leasehold.cli.hostdaemon.DaemonInquiry;
import dev.leasehold.cli.json.Json;
import dev.leasehold.cli.json.JsonWriter;
import dev.leasehold.cli.local.RunRecord;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** {@code leasehold hosts}. */
public final class HostsCommand implements Command {

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "hosts",
        "show which hosts are alive",
        List.of(
            "Shows the hosts of a lease directory: every run has a host id of its own, every"
                + " sanlock daemon has one. A host is alive if it renews its lease, silent if it"
                + " did not although it has had the time. Only looks, takes part in nothing."),
        List.of(
            LeaseDirectories.LOOK_OPTION, ViewOptions.ALL, ViewOptions.NO_WAIT, ViewOptions.JSON),
        List.of(),
        Optional.empty(),
        List.of(
            new CommandSpec.Example(
                "leasehold hosts --lease-dir /mnt/share/leases",
                "Watches the hosts for some seconds and says which are alive.")));
  }

  @Override
  public int run(Arguments arguments, Terminal terminal) throws UsageException, Failure {
    LeaseDirectory directory = LeaseDirectories.lookedAt(arguments, terminal);
    DaemonAnswer daemon = DaemonInquiry.ask(directory, System.getenv());
    try (View view = View.open(directory, daemon, terminal)) {
      if (!arguments.flag("no-wait")) {
        view.observeAll();
      }
      List<HostLine> hosts = shown(view.hosts(), arguments.flag("all"));
      terminal.print(arguments.flag("json") ? json(view, hosts) : text(view, hosts));
    }
    return ExitCode.OK.number();
  }

  static List<HostLine> shown(List<HostLine> hosts, boolean all) {
    return hosts.stream().filter(host -> all || host.state() != HostLine.State.LEFT).toList();
  }

  private static String json(View view, List<HostLine> hosts) {
    return JsonWriter.render(
            new Json.Members()
                .put("lease_dir", view.directory().path())
                .put("hosts", Json.array(hosts, ViewJson::host)))
        + "\n";
  }

  private static String text(View view, List<HostLine> hosts) {
    return hosts.isEmpty()
        ? "no host uses " + view.directory().shown() + "\n"
        : table(hosts, view::isDaemons);
  }

  /** A row for each; those of this machine are marked. */
  static String table(List<HostLine> hosts, Predicate<HostLine> isDaemons) {
    Table table = new Table("ID", "STATE", "RENEWED", "GEN", "IO", "NAME");
    for (HostLine host : hosts) {
      table.row(
          Long.toString(host.hostId()),
          host.state().text(),
          host.renewedBriefly(),
          Long.toUnsignedString(host.generation()),
          host.ioTimeout() + " s",
          host.shownName()
              + host.fault().map(fault -> " (" + fault + ")").orElse("")
              + host.run().map(HostsCommand::here).orElse("")
              + (isDaemons.test(host) ? " (here)" : ""));
    }
    return table.render();
  }

  private static String here(RunRecord run) {
    return " (here, pid " + run.supervisor().pid() + ": " + run.commandLine() + ")";
  }
}
