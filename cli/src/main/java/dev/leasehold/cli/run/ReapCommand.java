// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.Command;
import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.Main;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.disk.LeaseDirectories;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.local.HostRecords;
import dev.leasehold.cli.local.Journal;
import dev.leasehold.cli.local.Reaper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code leasehold reap}, which help does not list: the guard of a killed run starts it, so that
 * its leases are free for every host at once, not only when the next run starts on this machine.
 */
public final class ReapCommand implements Command {
  /** Its name, which help does not list. */
  public static final String NAME = "reap";

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        NAME,
        "give back the leases of killed runs of this machine",
        List.of(
            "Gives back the leases of runs of this machine and user that were killed together with"
                + " their commands. Every \"leasehold run\" does the same at its start."),
        List.of(LeaseDirectories.OPTION),
        List.of(),
        Optional.empty(),
        List.of());
  }

  /** How to start it from outside of this process. */
  static List<String> commandLine(LeaseDirectory directory) {
    List<String> line = new ArrayList<>();
    line.add(System.getProperty("java.home") + "/bin/java");
    line.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Xmx64m",
            "--enable-native-access=ALL-UNNAMED"));
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), NAME));
    if (!directory.isDefault()) {
      line.addAll(List.of("--lease-dir", directory.path()));
    }
    return line;
  }

  @Override
  public int run(Arguments arguments, Terminal terminal) throws UsageException, Failure {
    LeaseDirectory directory = LeaseDirectories.named(arguments);
    Journal journal = Journal.of(directory);
    HostRecords records = HostPorts.records(directory, journal);
    Reaper.Report report = new Reaper(journal, directory, records, HostPorts.processes()).reap();
    report.remarks().forEach(terminal::say);
    return ExitCode.OK.number();
  }
}
