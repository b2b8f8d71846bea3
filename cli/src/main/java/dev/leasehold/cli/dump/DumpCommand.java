// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.dump;

import dev.leasehold.cli.Command;
import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.area.AreaReader;
import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.Option;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.json.Json;
import dev.leasehold.cli.json.JsonWriter;
import dev.leasehold.cli.json.TextWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code leasehold dump FILE}. */
public final class DumpCommand implements Command {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "dump",
        "show every record of a lease file or lockspace",
        List.of(
            "Shows the records of the lockspace, lease or resource index in FILE (a file or a block"
                + " device) as they are on disk, with what is wrong with those that fail a check."
                + " Records that were never used are left out. Nothing is written."),
        List.of(
            Option.value("offset", "BYTES", "Where in FILE the area starts; 0 if not given."),
            Option.flag("json", "Write JSON (its shape is in docs/cli.md).")),
        List.of("FILE"),
        Optional.empty(),
        List.of(
            new CommandSpec.Example(
                "leasehold dump /srv/leases/__LIBVIRT__DISKS__",
                "Shows which host ids were used, by whom, and when each was last renewed."),
            new CommandSpec.Example(
                "leasehold dump --json --offset 1048576 /dev/vg0/leases",
                "Shows the second 1 MiB area of a logical volume for a program to read.")));
  }

  @Override
  public int run(Arguments arguments, Terminal terminal) throws UsageException, Failure {
    String file = arguments.operands().getFirst();
    long offset = arguments.number("offset", 0, Long.MAX_VALUE / 2, "bytes").orElse(0);
    if (offset % 512 != 0) {
      throw new UsageException(
          "--offset " + offset + ": an area starts at a multiple of 512 bytes");
    }
    Path path = Path.of(file).toAbsolutePath();
    try (AreaReader reader = AreaReader.open(HostPorts.storage(), path.toString(), TIMEOUT)) {
      Json.Members dump = new AreaDump(reader, offset).make();
      terminal.print(
          arguments.flag("json") ? JsonWriter.render(dump) + "\n" : TextWriter.render(dump));
    }
    return ExitCode.OK.number();
  }
}
