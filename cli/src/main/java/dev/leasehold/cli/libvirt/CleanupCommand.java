// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.libvirt;

import dev.leasehold.cli.Command;
import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Printable;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.Option;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.json.Json;
import dev.leasehold.cli.json.JsonWriter;
import dev.leasehold.libvirt.cleanup.CleanupOptions;
import dev.leasehold.libvirt.cleanup.CleanupReport;
import dev.leasehold.libvirt.cleanup.Item;
import dev.leasehold.libvirt.cleanup.Item.Outcome;
import dev.leasehold.libvirt.conf.ConfigFiles;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code leasehold cleanup}. */
public final class CleanupCommand implements Command {
  private static final String USUAL_AGE = "10m";
  private static final Pattern AGE = Pattern.compile("([0-9]{1,9})([smhd]?)");

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "cleanup",
        "give back the space of leases that no guest uses",
        List.of(
            "Removes the files of leases that no guest on any host holds. Each is taken"
                + " exclusively, marked as cleared on the disk, and removed; a guest that is being"
                + " started at that moment, on whatever host, gets the lease or a new one. Nothing"
                + " is lost with a lease: it is made again when its disk is used again.",
            "Works through this host's daemon if that has joined the lease directory, else by"
                + " itself, after joining for two io timeouts. Also removes what is left of files"
                + " whose making was interrupted more than an hour ago.",
            "The exit code is 0 if nothing went wrong; leases in use are nothing wrong."),
        List.of(
            Configuration.LEASE_DIR,
            Configuration.CONFIG,
            Option.value(
                "older-than",
                "AGE",
                "Only leases that were last taken, released or made so long ago: a number with s,"
                    + " m, h or d. "
                    + USUAL_AGE
                    + " if not given. A host that runs libvirt's C plugin and opens a lease in the"
                    + " very moment of its removal is refused once, so leave some minutes there."),
            Option.flag(
                "only-gone",
                "Only leases of disks that are known and do not exist any more. The disk is known"
                    + " if Leasehold held the lease last, or a guest defined on this host has it."),
            Option.flag("dry-run", "Only say what would be removed, as far as the files tell."),
            Option.value(
                "io-timeout",
                "SECONDS",
                "For joining, in place of io_timeout of the configuration; 1 to 255."),
            Option.flag("verbose", "One line for each lease."),
            Option.flag("quiet", "Only what failed."),
            Option.flag("json", "Write JSON (its shape is in docs/cli.md).")),
        List.of(),
        Optional.empty(),
        List.of(
            new CommandSpec.Example(
                "leasehold cleanup --dry-run --verbose", "Says what would be removed."),
            new CommandSpec.Example(
                "leasehold cleanup --older-than 7d",
                "Removes leases that were not used for a week.")));
  }

  @Override
  public int run(Arguments arguments, Terminal terminal) throws UsageException, Failure {
    Duration age = age(arguments.value("older-than").orElse(USUAL_AGE));
    int given = (int) arguments.number("io-timeout", 1, 255, "seconds").orElse(0);
    if (arguments.flag("quiet") && arguments.flag("verbose")) {
      throw new UsageException("--quiet and --verbose: choose one of them");
    }
    ConfigFiles files = Configuration.read(arguments);
    files.remarks().forEach(terminal::say);
    CleanupOptions options =
        new CleanupOptions(
            Configuration.directory(arguments, files),
            age,
            arguments.flag("only-gone"),
            arguments.flag("dry-run"),
            CleanupOptions.USUAL_WIDTH);
    int ioTimeout = given == 0 ? files.config().ioTimeout() : given;
    CleanupReport report = new CleanupRun(files, options, ioTimeout, terminal).run();
    if (arguments.flag("json")) {
      terminal.print(JsonWriter.render(json(options, report)) + "\n");
    } else {
      tell(options, report, arguments.flag("verbose"), terminal);
      if (!arguments.flag("quiet")) {
        terminal.print(summary(options, report));
      }
    }
    return (report.count(Outcome.FAILED) == 0 ? ExitCode.OK : ExitCode.IO_ERROR).number();
  }

  static Duration age(String text) throws UsageException {
    Matcher matcher = AGE.matcher(text);
    if (!matcher.matches()) {
      throw new UsageException(
          "--older-than " + text + ": expected a number with s, m, h or d, such as 10m or 7d");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> Duration.ofSeconds(number);
    };
  }

  private static void tell(
      CleanupOptions options, CleanupReport report, boolean verbose, Terminal terminal) {
    for (Item item : report.items()) {
      if (verbose || item.outcome() == Outcome.FAILED) {
        terminal.print(line(item, options.dryRun()));
      }
    }
  }

  private static String line(Item item, boolean dryRun) {
    String words = item.words().isEmpty() ? "" : ": " + item.words();
    return Printable.line(
            item.name()
                + "  "
                + outcome(item.outcome(), dryRun)
                + item.disk().map(disk -> "  disk " + disk).orElse("")
                + (item.diskState() == Item.DiskState.GONE ? " (does not exist)" : "")
                + words)
        + "\n";
  }

  private static String outcome(Outcome outcome, boolean dryRun) {
    return switch (outcome) {
      case REMOVED -> dryRun ? "would be removed" : "removed";
      case LEFTOVER_REMOVED -> dryRun ? "leftover, would be removed" : "leftover, removed";
      case IN_USE -> "in use";
      case RECENT -> "kept, recent";
      case KEPT -> "kept";
      case FAILED -> "FAILED";
    };
  }

  private static String summary(CleanupOptions options, CleanupReport report) {
    long removed = report.count(Outcome.REMOVED);
    long gone = report.removedWithoutDisk();
    StringBuilder text = new StringBuilder(options.dryRun() ? "Would remove " : "Removed ");
    text.append(removed).append(removed == 1 ? " lease" : " leases");
    if (gone > 0) {
      text.append(" (").append(gone).append(" of disks that do not exist any more)");
    }
    append(text, report.count(Outcome.LEFTOVER_REMOVED), "leftovers");
    text.append(", ").append(report.bytesFreed() >> 20).append(" MiB");
    append(text, report.count(Outcome.IN_USE), "in use");
    append(text, report.count(Outcome.RECENT), "too recent");
    append(text, report.count(Outcome.KEPT), "kept");
    append(text, report.count(Outcome.FAILED), "failed");
    return text.append(".\n").toString();
  }

  private static void append(StringBuilder text, long count, String what) {
    if (count > 0) {
      text.append(", ").append(count).append(' ').append(what);
    }
  }

  private static Json json(CleanupOptions options, CleanupReport report) {
    Json.Members counts = new Json.Members();
    for (Outcome outcome : Outcome.values()) {
      counts.put(lower(outcome), report.count(outcome));
    }
    return new Json.Members()
        .put("lease_dir", options.directory())
        .put("dry_run", options.dryRun())
        .put("counts", counts)
        .put("removed_without_disk", report.removedWithoutDisk())
        .put("bytes_freed", report.bytesFreed())
        .put("files", Json.array(report.items(), CleanupCommand::json));
  }

  private static Json json(Item item) {
    return new Json.Members()
        .put("name", item.name())
        .put("outcome", lower(item.outcome()))
        .putText("disk", item.disk())
        .put("disk_state", lower(item.diskState()))
        .put("bytes", item.bytes())
        .putText("words", Optional.of(item.words()).filter(words -> !words.isEmpty()));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
