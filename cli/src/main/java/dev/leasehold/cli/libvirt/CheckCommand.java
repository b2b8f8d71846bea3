// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.libvirt;

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
import dev.leasehold.cli.json.Json;
import dev.leasehold.cli.json.JsonWriter;
import dev.leasehold.libvirt.check.Doctor;
import dev.leasehold.libvirt.check.Finding;
import dev.leasehold.libvirt.check.Finding.Level;
import dev.leasehold.libvirt.check.Finding.Topic;
import dev.leasehold.libvirt.check.Surroundings;
import dev.leasehold.libvirt.conf.ConfigFiles;
import dev.leasehold.linux.HostName;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code leasehold check}. */
public final class CheckCommand implements Command {

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "check",
        "say what is wrong with the set-up of this host",
        List.of(
            "Looks at the configuration, the lease directory, the lockspace and this host's place"
                + " in it, the watchdog, and whether libvirt asks and a daemon answers. Says in"
                + " words what is wrong and what to do. Run it as root on every host.",
            "Changes nothing; makes and removes one small file in the lease directory.",
            "The exit code is 0 if two hosts cannot come to write to one disk as far as this can"
                + " see, else 78. Warnings do not count."),
        List.of(
            Configuration.LEASE_DIR,
            Configuration.CONFIG,
            Option.repeated(
                "accept",
                "TOPIC",
                "Count what is unsafe about this topic as a warning, because it is meant: "
                    + topics()
                    + "."),
            Option.flag("quiet", "Only what is wrong."),
            Option.flag("json", "Write JSON (its shape is in docs/cli.md).")),
        List.of(),
        Optional.empty(),
        List.of(
            new CommandSpec.Example("leasehold check", "Looks at this host."),
            new CommandSpec.Example(
                "leasehold check --quiet --accept watchdog",
                "Says what is wrong, on hosts that are meant to have no watchdog.")));
  }

  private static String topics() {
    return Arrays.stream(Topic.values()).map(CheckCommand::text).collect(Collectors.joining(", "));
  }

  private static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public int run(Arguments arguments, Terminal terminal) throws UsageException, Failure {
    Set<Topic> accepted = accepted(arguments);
    ConfigFiles files = Configuration.read(arguments);
    Surroundings host = Surroundings.here(HostPorts.storage(), HostName.current());
    terminal.progress("looking at this host");
    List<Finding> findings =
        Doctor.examine(host, files, Configuration.directory(arguments, files)).stream()
            .map(finding -> accepted.contains(finding.topic()) ? finding.accepted() : finding)
            .toList();
    terminal.endProgress();
    if (arguments.flag("json")) {
      terminal.print(JsonWriter.render(json(findings)) + "\n");
    } else {
      tell(findings, arguments.flag("quiet"), terminal);
    }
    return (count(findings, Level.UNSAFE) == 0 ? ExitCode.OK : ExitCode.BAD_CONFIGURATION).number();
  }

  private static Set<Topic> accepted(Arguments arguments) throws UsageException {
    Set<Topic> accepted = EnumSet.noneOf(Topic.class);
    for (String word : arguments.values("accept")) {
      accepted.add(
          Arrays.stream(Topic.values())
              .filter(topic -> text(topic).equals(word))
              .findFirst()
              .orElseThrow(
                  () -> new UsageException("--accept " + word + ": expected one of " + topics())));
    }
    return accepted;
  }

  private static long count(List<Finding> findings, Level level) {
    return findings.stream().filter(finding -> finding.level() == level).count();
  }

  private static void tell(List<Finding> findings, boolean quiet, Terminal terminal) {
    for (Finding finding : findings) {
      if (finding.level() != Level.OK || !quiet) {
        terminal.print(lines(finding));
      }
    }
    long unsafe = count(findings, Level.UNSAFE);
    long warnings = count(findings, Level.WARNING);
    if (!quiet || unsafe + warnings > 0) {
      terminal.print(
          (unsafe == 0 ? "Nothing unsafe was found" : "UNSAFE: " + unsafe + " to put right")
              + (warnings == 0 ? "" : ", " + warnings + (warnings == 1 ? " warning" : " warnings"))
              + ".\n");
    }
  }

  private static String lines(Finding finding) {
    String level =
        switch (finding.level()) {
          case OK -> "ok     ";
          case WARNING -> "warning";
          case UNSAFE -> "UNSAFE ";
        };
    String remedy =
        finding.remedy().isEmpty()
            ? ""
            : " ".repeat(10) + "-> " + Printable.line(finding.remedy()) + "\n";
    return level
        + "  "
        + text(finding.topic())
        + ": "
        + Printable.line(finding.words())
        + "\n"
        + remedy;
  }

  private static Json json(List<Finding> findings) {
    return new Json.Members()
        .put("safe", count(findings, Level.UNSAFE) == 0)
        .put("warnings", count(findings, Level.WARNING))
        .put(
            "findings",
            Json.array(
                findings,
                finding ->
                    new Json.Members()
                        .put("level", text(finding.level()))
                        .put("topic", text(finding.topic()))
                        .put("words", finding.words())
                        .putText(
                            "remedy",
                            Optional.of(finding.remedy()).filter(text -> !text.isEmpty()))));
  }
}
