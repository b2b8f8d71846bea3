// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.Option;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.simulator.SimulateOptions;
import dev.leasehold.simulator.Simulation;
import dev.leasehold.simulator.SimulationReport;
import dev.leasehold.simulator.cluster.Fault;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code leasehold simulate}. */
public final class SimulateCommand implements Command {

  /** Of the timeline; what is far away from the failure rarely explains it. */
  private static final int TOLD_LINES = 2000;

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "simulate",
        "run the lease code in simulated clusters with every fault",
        List.of(
            "Runs the very code that holds leases in clusters of simulated machines, disks, clocks"
                + " and guests, thousands of times faster than time, and checks at every step that"
                + " no two guests hold one disk. One seed decides everything: the same seed gives"
                + " the same run on every machine. Touches no file and no process.",
            "The verdict is one line. After a violation, the smallest failing run that was found is"
                + " told host by host, and the exit code is 70 (docs/testing.md)."),
        List.of(
            Option.value("seed", "N", "The first seed; a fresh one if not given. It is printed."),
            Option.value("seeds", "N", "How many seeds, one after the other; 1 if not given."),
            Option.flag("forever", "Go on until there is a violation."),
            Option.value("hosts", "N", "Machines in the cluster, 1 to 20; 3 if not given."),
            Option.value("minutes", "N", "Simulated minutes of faults in each run; 20."),
            Option.value(
                "faults",
                "LIST",
                "Faults that a seed may pick, separated by commas; with a minus sign before each,"
                    + " all but these; all, or none. There are: "
                    + names()
                    + ".")),
        List.of(),
        Optional.empty(),
        List.of(
            new CommandSpec.Example(
                "leasehold simulate --seeds 1000",
                "Runs a thousand clusters from a fresh seed on."),
            new CommandSpec.Example(
                "leasehold simulate --seed 7 --faults late-io,crash",
                "Runs one cluster with late writes and crashes.")));
  }

  @Override
  public int run(Arguments arguments, Terminal terminal) throws UsageException {
    SimulationReport report =
        Simulation.run(options(arguments), (seeds, sofar) -> terminal.progress(sofar.verdict()));
    terminal.print(report.verdict() + "\n");
    report.failure().ifPresent(failure -> terminal.print(failure.told(TOLD_LINES)));
    return report.failure().isPresent() ? ExitCode.INTERNAL.number() : ExitCode.OK.number();
  }

  private static SimulateOptions options(Arguments arguments) throws UsageException {
    OptionalLong seeds = arguments.number("seeds", 1, Long.MAX_VALUE, "a number of seeds");
    String names = arguments.value("faults").orElse("all");
    Set<Fault> faults =
        SimulateOptions.faults(names).orElseThrow(() -> new UsageException(mistake(names)));
    return new SimulateOptions(
        arguments.number("seed", Long.MIN_VALUE, Long.MAX_VALUE, "a number"),
        arguments.flag("forever") || seeds.isPresent() ? seeds : OptionalLong.of(1),
        OptionalLong.empty(),
        (int) arguments.number("hosts", 1, 20, "machines").orElse(3),
        arguments.number("minutes", 1, 100_000, "minutes").orElse(20),
        faults);
  }

  private static String mistake(String faults) {
    return "--faults "
        + faults
        + ": \""
        + SimulateOptions.wrongFault(faults).orElse("")
        + "\" does not fit; expected all, none, or names, every one or no one with a minus sign,"
        + " from "
        + names();
  }

  private static String names() {
    return Arrays.stream(Fault.values())
        .map(fault -> fault.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .collect(Collectors.joining(", "));
  }
}
