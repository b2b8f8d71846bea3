// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.Command;
import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.Option;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.disk.LeaseDirectories;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.json.JsonWriter;
import dev.leasehold.linux.LiveTerminal;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code leasehold top}. */
public final class TopCommand implements Command {
  private static final int USUAL_SECONDS = 2;
  private static final int MOST_SECONDS = 3600;
  private static final int MOST_LOOKS = 1_000_000;

  /** Of a screen that is no terminal. */
  private static final int WIDTH = 100;

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "top",
        "show hosts and leases live",
        List.of(
            "Fills the terminal and shows, again and again: how long renewals take, the age of"
                + " every host's last renewal against its deadline, and leases coming and going."
                + " Only looks, takes part in nothing; q or Ctrl-C ends it.",
            "Renewals are those of this host's daemon, if it has joined the lockspace of this"
                + " directory; without one, the plot shows how long the lockspace took to read. Of"
                + " other hosts the age is known once they were seen to renew; until then it is"
                + " shown as \"at least\".",
            "If the output is no terminal, it is one screen of plain text, or with --json one line"
                + " for each look."),
        List.of(
            LeaseDirectories.LOOK_OPTION,
            Option.value(
                "interval",
                "SECONDS",
                "From one look to the next, 1 to 3600; 2. Each look reads the lockspace (1 MiB, or"
                    + " 8 MiB with 4096-byte sectors) and at most 64 leases."),
            Option.value("count", "NUMBER", "End after so many looks."),
            Option.flag(
                "json",
                "Write one JSON object on one line for each look (its shape is in docs/cli.md).")),
        List.of(),
        Optional.empty(),
        List.of(
            new CommandSpec.Example(
                "leasehold top --lease-dir /mnt/share/leases", "Shows a shared directory live."),
            new CommandSpec.Example(
                "leasehold top --json --interval 60 >>log.jsonl",
                "Notes down once a minute what is, until it is ended.")));
  }

  @Override
  public int run(Arguments arguments, Terminal terminal) throws UsageException, Failure {
    LeaseDirectory directory = LeaseDirectories.lookedAt(arguments, terminal);
    Duration interval =
        Duration.ofSeconds(
            arguments.number("interval", 1, MOST_SECONDS, "seconds").orElse(USUAL_SECONDS));
    boolean json = arguments.flag("json");
    Optional<LiveTerminal.Size> size = json ? Optional.empty() : screen();
    long usual = json || size.isPresent() ? Long.MAX_VALUE : 1;
    long looks = arguments.number("count", 1, MOST_LOOKS, "a number").orElse(usual);
    try (TopSampler sampler = new TopSampler(directory, new TopDaemon(System.getenv()))) {
      TopLook first = sampler.look(); // what is wrong with the directory ends the command here
      if (size.isPresent()) {
        new TopLive(sampler, terminal.out(), interval, looks).show(first);
      } else {
        lines(sampler, first, terminal, new Lines(interval, looks, json));
      }
    }
    return ExitCode.OK.number();
  }

  /** The size of the screen, if there is one. */
  private static Optional<LiveTerminal.Size> screen() {
    return "dumb".equals(System.getenv("TERM")) ? Optional.empty() : LiveTerminal.size();
  }

  private record Lines(Duration interval, long looks, boolean json) {}

  private static void lines(TopSampler sampler, TopLook first, Terminal terminal, Lines how) {
    TopLook look = first;
    for (long number = 1; ; number++) {
      terminal.print(text(look, how, terminal.out()));
      terminal.out().flush();
      if (number >= how.looks() || terminal.out().checkError()) {
        return;
      }
      try {
        Thread.sleep(how.interval());
      } catch (InterruptedException e) {
        return;
      }
      look = sampler.lookAgain();
    }
  }

  private static String text(TopLook look, Lines how, PrintStream out) {
    if (how.json()) {
      return JsonWriter.line(TopJson.of(look, HostPorts.clock().monotonicSeconds())) + "\n";
    }
    TopScreen screen = new TopScreen(Integer.MAX_VALUE, WIDTH, false, isUnicode(out));
    return String.join("\n", screen.render(look, look.changes(), look.at(), "")) + "\n";
  }

  static boolean isUnicode(PrintStream out) {
    return out.charset().newEncoder().canEncode('█');
  }
}
