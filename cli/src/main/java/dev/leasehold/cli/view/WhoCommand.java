// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.Command;
import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.Printable;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.Option;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.disk.Disk;
import dev.leasehold.cli.disk.DiskArguments;
import dev.leasehold.cli.disk.LeaseDirectories;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.hostdaemon.DaemonAnswer;
import dev.leasehold.cli.hostdaemon.DaemonInquiry;
import dev.leasehold.cli.json.Json;
import dev.leasehold.cli.json.JsonWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** {@code leasehold who DISK}. */
public final class WhoCommand implements Command {

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "who",
        "show who holds a disk",
        List.of(
            "Shows who holds the lease of DISK, which is a disk's path as given to \"leasehold run"
                + " --disk\", or the path of a lease file. Exits with 0 if somebody holds it, with"
                + " 1 if nobody does. Only looks, takes part in nothing."),
        List.of(
            LeaseDirectories.LOOK_OPTION,
            Option.value(
                "identity", "path|canonical", "As for \"leasehold run\"; path if not given."),
            ViewOptions.NO_WAIT,
            ViewOptions.JSON),
        List.of("DISK"),
        Optional.empty(),
        List.of(
            new CommandSpec.Example(
                "leasehold who vm.qcow2", "Says which process on which host uses vm.qcow2.")));
  }

  private record Subject(LeaseDirectory directory, String lease, Optional<String> disk) {
    String words() {
      return disk.map(path -> "disk " + Printable.line(path)).orElse("lease " + lease);
    }
  }

  @Override
  public int run(Arguments arguments, Terminal terminal) throws UsageException, Failure {
    Subject subject = subject(arguments, terminal);
    DaemonAnswer daemon = DaemonInquiry.ask(subject.directory(), System.getenv());
    try (View view = View.open(subject.directory(), daemon, terminal)) {
      Optional<LeaseLine> lease = view.lease(subject.lease());
      if (lease.isPresent() && !arguments.flag("no-wait")) {
        view.observe(lease.get().holders());
      }
      terminal.print(
          arguments.flag("json") ? json(subject, lease, view) : text(subject, lease, view));
      return exitCode(lease, view).number();
    }
  }

  /** A path in a lease directory that has a lease's name is the lease; any other is a disk. */
  private static Subject subject(Arguments arguments, Terminal terminal)
      throws UsageException, Failure {
    String operand = arguments.operands().getFirst();
    LeaseDirectory named = LeaseDirectories.lookedAt(arguments, terminal);
    String path = DiskArguments.ofCommandLine(arguments).resolve("DISK", operand);
    int slash = path.lastIndexOf('/');
    String file = path.substring(slash + 1);
    String directory = path.substring(0, Math.max(1, slash));
    if (LeaseDirectory.isLeaseName(file) && hasLockspace(directory)) {
      LeaseDirectory.Origin origin =
          named.path().equals(directory) ? named.origin() : LeaseDirectory.Origin.NAMED;
      return new Subject(new LeaseDirectory(directory, origin), file, Optional.empty());
    }
    return new Subject(named, Disk.leaseName(path), Optional.of(path));
  }

  private static boolean hasLockspace(String directory) {
    return java.nio.file.Files.exists(Path.of(directory, LeaseDirectory.LOCKSPACE));
  }

  private static ExitCode exitCode(Optional<LeaseLine> lease, View view) {
    if (lease.isEmpty()) {
      return ExitCode.NOT_HELD;
    }
    return switch (LeaseState.of(lease.get(), view)) {
      case EXCLUSIVE, SHARED -> ExitCode.OK;
      case FREE, CLEARED -> ExitCode.NOT_HELD;
      case DAMAGED -> ExitCode.BAD_DATA;
    };
  }

  private static String json(Subject subject, Optional<LeaseLine> lease, View view) {
    Json.Members answer =
        new Json.Members()
            .put("lease_dir", subject.directory().path())
            .put("lease", subject.lease())
            .putText("disk", subject.disk().or(() -> lease.flatMap(LeaseLine::disk)));
    if (lease.isEmpty()) {
      answer.put("state", LeaseState.FREE.text()).put("holders", new Json.Array(List.of()));
    } else if (ViewJson.lease(lease.get(), view) instanceof Json.Members members) {
      members.copyTo(answer, List.of("state", "holders", "fault"));
    }
    return JsonWriter.render(answer) + "\n";
  }

  private static String text(Subject subject, Optional<LeaseLine> lease, View view) {
    if (lease.isEmpty()) {
      return subject.words()
          + " is free: nobody ever took a lease on it in "
          + subject.directory().shown()
          + "\n";
    }
    return switch (LeaseState.of(lease.get(), view)) {
      case FREE -> subject.words() + " is free\n";
      case CLEARED -> subject.words() + " is free: its lease was taken away\n";
      case DAMAGED ->
          subject.words()
              + " has a lease file that cannot be used: "
              + Printable.line(lease.get().fault().orElse(""))
              + "\n";
      case EXCLUSIVE, SHARED -> holders(subject, lease.get(), view);
    };
  }

  private static String holders(Subject subject, LeaseLine lease, View view) {
    Instant now = HostPorts.clock().wallTime();
    StringBuilder text = new StringBuilder();
    for (HolderLine line : lease.holders()) {
      Holding holding = view.holding(line);
      if (holding.standing() == Holding.Standing.HOLDS) {
        text.append(subject.words())
            .append(line.shared() ? " is in shared use by " : " is in use by ")
            .append(HoldingText.by(holding, now))
            .append("; ")
            .append(HoldingText.host(holding, view.daemon().fireTimeout()))
            .append('\n');
      }
    }
    return text.toString();
  }
}
