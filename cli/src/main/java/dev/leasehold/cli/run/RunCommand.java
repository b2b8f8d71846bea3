// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.Command;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.WatchdogFire;
import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.Option;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.disk.Disk;
import dev.leasehold.cli.disk.DiskArguments;
import dev.leasehold.cli.disk.LeaseDirectories;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.lease.Timing;
import java.util.List;
import java.util.Optional;

/** {@code leasehold run}. */
public final class RunCommand implements Command {

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "run",
        "hold leases on disks while a command runs",
        List.of(
            "Takes a lease on every disk, runs COMMAND, and gives the leases back when it ends."
                + " If somebody else holds one of the leases, nothing is started, and the message"
                + " says who. The exit code is that of COMMAND; docs/cli.md lists the others.",
            "COMMAND must stay in the foreground. Processes that it leaves behind keep the leases"
                + " held until they end. If the leases are lost because the storage cannot be"
                + " reached, COMMAND is ended before any other host may take them."),
        List.of(
            Option.repeated(
                "disk",
                "PATH[:shared|:ro]",
                "A disk that COMMAND uses: alone; with :shared, beside others that share it"
                    + " knowingly; with :ro, only for reading, which needs no lease. Give it once"
                    + " for each disk. Other colons are part of the path."),
            Option.repeated(
                "disk-exact",
                "PATH",
                "As --disk, but all of PATH is the path: for a disk whose name ends in :shared or"
                    + " :ro."),
            LeaseDirectories.OPTION,
            Option.value(
                "wait",
                "SECONDS",
                "Wait so long for leases that somebody else holds, instead of giving up."),
            Option.value(
                "host-id",
                "NUMBER|auto",
                "The host id to take in the lease directory, 1 to 2000. auto, the default: the one"
                    + " that this machine had last, else the lowest free one."),
            Option.value(
                "io-timeout",
                "SECONDS",
                "How long one access to the storage may take, 1 to 255; all other times follow from"
                    + " it. A lease of a host that died is free after 8 times this plus 60 s"
                    + " (watchdog_fire_timeout of leasehold.conf, else of sanlock.conf)."
                    + " Default: 10 with --lease-dir, else 1."),
            Option.value(
                "grace",
                "SECONDS",
                "How long COMMAND has after SIGTERM to end by itself when the leases are lost, 0 to"
                    + " 50, or 10 less than watchdog_fire_timeout. Default: 40."),
            Option.value(
                "max-hosts",
                "NUMBER",
                "For how many host ids a lease that is made new has room, 1 to 2000; each run in"
                    + " the lease directory has one. Default: 254. Fewer make leases cheaper."),
            Option.value(
                "identity",
                "path|canonical",
                "What names a disk's lease: its path as given, as libvirt and sanlock hosts have it"
                    + " (the default), or its path with symbolic links resolved. Use the same on"
                    + " all hosts."),
            Option.flag("quiet", "Say nothing but errors.")),
        List.of(),
        Optional.of("COMMAND [ARG]..."),
        List.of(
            new CommandSpec.Example(
                "leasehold run --disk vm.qcow2 -- qemu-system-x86_64 -drive file=vm.qcow2",
                "Keeps a second start of the same guest on this machine off its disk."),
            new CommandSpec.Example(
                "leasehold run --lease-dir /mnt/share/leases --disk /mnt/share/db.img"
                    + " --disk /mnt/share/base.img:ro -- ./start-db",
                "The same across all hosts that have /mnt/share mounted."),
            new CommandSpec.Example(
                "leasehold run --wait 300 --disk /dev/vg0/data -- mkfs.ext4 /dev/vg0/data",
                "Waits up to five minutes until nobody else uses the volume.")));
  }

  @Override
  public int run(Arguments arguments, Terminal terminal) throws UsageException, Failure {
    LeaseDirectory directory = LeaseDirectories.named(arguments);
    List<Disk> disks = DiskArguments.ofCommandLine(arguments).of(arguments);
    RunOptions options = RunOptions.of(arguments, directory, disks, watchdogFire(directory));
    Programs.requireCommand(options.command().getFirst());
    return new RunSession(options, terminal).run();
  }

  /** A directory of this machine alone is shared with no host that has another W. */
  private static int watchdogFire(LeaseDirectory directory) throws Failure {
    return directory.isDefault() ? Timing.DEFAULT.watchdogFire() : WatchdogFire.ofThisHost();
  }
}
