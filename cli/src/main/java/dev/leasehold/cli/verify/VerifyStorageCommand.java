// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.verify;

import dev.leasehold.cli.Command;
import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Printable;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.Option;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.json.JsonWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code leasehold verify-storage DIR}. */
public final class VerifyStorageCommand implements Command {

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "verify-storage",
        "find out whether leases will be safe on this storage",
        List.of(
            "Tries what the lease algorithms rely on, in a directory of its own below DIR, which it"
                + " removes again: direct I/O, exclusive creation, links and renames, one host's"
                + " write seen by the next read of another, whole sectors, clocks. Then it contends"
                + " for a lease as hosts do, and proves from what is written on the storage that no"
                + " two critical sections overlapped. It opens no other file in DIR.",
            "Start it on several hosts at the same time, each with --hosts and their number: only"
                + " so is seen what one host sees of another. One host alone plays two."
                + " The exit code is 0 if nothing spoke against the storage, 80 if leases are not"
                + " safe on it."),
        List.of(
            Option.value("hosts", "N", "How many hosts take part, 1 to 63; 1 if not given."),
            Option.value("seconds", "N", "How long to contend, 1 to 86400; 20 if not given."),
            Option.value(
                "io-timeout",
                "SECONDS",
                "The io timeout of the trial, 1 to 255; 2 if not given. The one to use for real is"
                    + " recommended at the end."),
            Option.flag("json", "Write JSON (its shape is in docs/cli.md).")),
        List.of("DIR"),
        Optional.empty(),
        List.of(
            new CommandSpec.Example(
                "leasehold verify-storage /mnt/share", "What one host can find out alone."),
            new CommandSpec.Example(
                "leasehold verify-storage --hosts 2 --seconds 300 /mnt/share",
                "On two hosts at the same time, for five minutes.")));
  }

  @Override
  public int run(Arguments arguments, Terminal terminal) throws UsageException, Failure {
    int hosts = (int) arguments.number("hosts", 1, Session.PLACES - 1, "hosts").orElse(1);
    int seconds = (int) arguments.number("seconds", 1, 86_400, "seconds").orElse(20);
    int ioTimeout = (int) arguments.number("io-timeout", 1, 255, "seconds").orElse(2);
    String named = arguments.operands().getFirst();
    Path directory = Path.of(named).toAbsolutePath();
    Trial trial = new Trial(directory, hosts, seconds, ioTimeout, terminal);
    Verdict verdict = trial.run();
    terminal.endProgress();
    terminal.print(
        arguments.flag("json")
            ? JsonWriter.render(verdict.json()) + "\n"
            : Printable.lines(verdict.text()));
    return verdict.isSafe() ? ExitCode.OK.number() : ExitCode.UNSAFE_STORAGE.number();
  }
}
