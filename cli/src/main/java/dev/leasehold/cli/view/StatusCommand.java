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
import java.util.List;
import java.util.Optional;

/** {@code leasehold status}. */
public final class StatusCommand implements Command {

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "status",
        "show who holds what, which hosts are alive, what is at risk",
        List.of(
            "Shows the leases and hosts of a lease directory. Only looks, takes part in nothing.",
            "If the daemon of this host has joined the directory, also: how long ago that renewed"
                + " its lease, when its leases are lost if it cannot (AT RISK, once half of the"
                + " time is over), and whether a watchdog is armed. What that has seen of other"
                + " hosts is not watched for again."),
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
    LeaseDirectory directory = LeaseDirectories.lookedAt(arguments, terminal);
    DaemonAnswer daemon = DaemonInquiry.ask(directory, System.getenv());
    if (arguments.flag("json")) {
      json(arguments, directory, daemon, terminal);
    } else {
      text(arguments, directory, daemon, terminal);
    }
    return ExitCode.OK.number();
  }

  /** What the daemon says stands there before the storage is asked, which may not answer. */
  private static void text(
      Arguments arguments, LeaseDirectory directory, DaemonAnswer daemon, Terminal terminal)
      throws Failure {
    boolean joined = daemon.joined().isPresent();
    String head = StatusHead.text(directory, daemon);
    if (joined) {
      terminal.print(head);
      terminal.out().flush();
    }
    try (View view = View.open(directory, daemon, terminal)) {
      List<LeaseLine> leases = looked(view, arguments);
      terminal.print((joined ? "" : head) + StatusText.text(view, leases, arguments.flag("all")));
    } catch (Failure e) {
      daemon.joined().map(DaemonsLeases::text).ifPresent(terminal::print);
      throw e;
    }
  }

  private static void json(
      Arguments arguments, LeaseDirectory directory, DaemonAnswer daemon, Terminal terminal)
      throws Failure {
    try (View view = View.open(directory, daemon, terminal)) {
      List<LeaseLine> leases = looked(view, arguments);
      terminal.print(StatusJson.of(view, leases, arguments.flag("all")));
    } catch (Failure e) {
      if (daemon.joined().isPresent()) {
        terminal.print(StatusJson.ofDaemon(directory, daemon, daemon.joined().get(), e));
      }
      throw e;
    }
  }

  private static List<LeaseLine> looked(View view, Arguments arguments) throws Failure {
    if (!arguments.flag("no-wait")) {
      view.observeAll();
    }
    return view.leases();
  }

  static boolean isShown(LeaseLine lease, View view, boolean all) {
    return all || LeaseState.of(lease, view) != LeaseState.FREE;
  }
}
