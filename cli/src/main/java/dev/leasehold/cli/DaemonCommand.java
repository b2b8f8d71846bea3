// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.Option;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.daemon.DaemonProcess;
import dev.leasehold.daemon.Door;
import dev.leasehold.daemon.Environment;
import dev.leasehold.daemon.LibvirtDoor;
import dev.leasehold.daemon.SanlockDoor;
import dev.leasehold.daemon.config.BadOption;
import dev.leasehold.daemon.config.OptionsBuilder;
import dev.leasehold.daemon.config.SanlockConf;
import dev.leasehold.daemon.http.HttpDoor;
import dev.leasehold.daemon.http.ListenAddress;
import dev.leasehold.libvirt.conf.ConfException;
import dev.leasehold.libvirt.conf.ConfigFiles;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.conf.SystemAccounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code leasehold daemon}: serves every door. */
final class DaemonCommand implements Command {
  private static final List<String> LEVELS = List.of("info", "error", "warning", "debug");

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "daemon",
        "serve leases to other programs until stopped",
        List.of(
            "Runs in the foreground and serves the virtlockd socket, so that libvirt with"
                + " lock_manager = \"lockd\" in qemu.conf keeps guests off each other's disks, and"
                + " the sanlock socket, so that libvirt's sanlock plugin, lvmlockd, VDSM and the"
                + " sanlock command work against it unchanged.",
            "Guests' leases are as /etc/leasehold/leasehold.conf says, else"
                + " /etc/libvirt/qemu-sanlock.conf; both may be missing. The lockspace in the lease"
                + " directory is made and joined by itself (docs/libvirt.md).",
            "Tells systemd when it is ready. Ends by SIGTERM, SIGINT and SIGHUP, but not while"
                + " leases are held or lockspaces of sanlock's clients are joined: end the guests"
                + " and remove the lockspaces first, or \"leasehold sanlock client"
                + " shutdown -f 1\", which kills the processes that hold leases.",
            "Reads /etc/sanlock/sanlock.conf. SANLOCK_RUN_DIR names another run directory, and"
                + " SANLOCK_PRIVILEGED=0 leaves user and limits as they are (docs/daemon.md)."),
        List.of(
            Option.value("config", "FILE", "Read this file instead of sanlock.conf."),
            Option.value(
                "leases", "FILE", "Read this file instead of /etc/leasehold/leasehold.conf."),
            Option.value(
                "log-level", "LEVEL", "What is logged: error, warning, info or debug; info."),
            Option.value(
                "metrics-listen",
                "HOST:PORT",
                "Serve metrics and the status page there instead of where leasehold.conf says"
                    + " (docs/metrics.md). Without HOST: the loopback."),
            Option.flag(
                "no-watchdog",
                "Do without wdmd. Nothing resets this host then when leases are lost and their"
                    + " holders cannot be killed.")),
        List.of(),
        Optional.empty(),
        List.of(
            new CommandSpec.Example(
                "leasehold daemon",
                "Serves /run/libvirt/virtlockd-sock and /run/sanlock/sanlock.sock; needs root."),
            new CommandSpec.Example(
                "SANLOCK_RUN_DIR=/tmp/lab SANLOCK_PRIVILEGED=0 leasehold daemon --no-watchdog"
                    + " --leases lab.conf",
                "Serves /tmp/lab/sanlock.sock, to try things out. With virtlockd_socket = \"\" in"
                    + " lab.conf: this host's guests are not its business.")));
  }

  @Override
  public int run(Arguments arguments, Terminal terminal) throws UsageException, Failure {
    String level = arguments.choice("log-level", LEVELS);
    ConfigFiles files = leases(arguments, terminal);
    LeaseholdConfig leases = files.config();
    OptionsBuilder options = new OptionsBuilder();
    try {
      // Guests are other users' processes, and the lease directory is root's: unlike the daemon of
      // the sanlock socket alone, this one is root unless it is told otherwise.
      options.user("root");
      if (arguments.value("config").isPresent()) {
        SanlockConf.readNamed(Path.of(arguments.value("config").get()), options);
      } else {
        SanlockConf.read(SanlockConf.DEFAULT, options);
      }
      LeaseOptions.apply(files, options, path -> Files.exists(Path.of(path)));
    } catch (BadOption e) {
      throw new Failure(ExitCode.BAD_CONFIGURATION, e.words());
    }
    options.foreground(true);
    options.logFilePriority(-1);
    options.syslogPriority(-1);
    if (arguments.flag("no-watchdog")) {
      options.useWatchdog(false);
    }
    return DaemonProcess.run(
        options.build(), environment(leases), priority(level), doors(leases, arguments));
  }

  private static ConfigFiles leases(Arguments arguments, Terminal terminal) throws Failure {
    try {
      ConfigFiles files =
          arguments.value("leases").isPresent()
              ? ConfigFiles.readNamed(
                  Path.of(arguments.value("leases").get()),
                  ConfigFiles.QEMU_SANLOCK,
                  new SystemAccounts())
              : ConfigFiles.readUsual();
      files.remarks().forEach(terminal::say);
      return files;
    } catch (ConfException e) {
      throw new Failure(ExitCode.BAD_CONFIGURATION, String.valueOf(e.getMessage()), e);
    }
  }

  /** The sanlock socket may have another place; the original's variable has the last word. */
  private static Environment environment(LeaseholdConfig leases) {
    Map<String, String> variables = new HashMap<>(System.getenv());
    leases
        .sanlockSocket()
        .map(socket -> Path.of(socket).getParent())
        .ifPresent(place -> variables.putIfAbsent("SANLOCK_RUN_DIR", place.toString()));
    return Environment.of(variables);
  }

  /** What is served, in the order in which it is opened. */
  private static List<Door.Maker> doors(LeaseholdConfig leases, Arguments arguments)
      throws UsageException {
    List<Door.Maker> doors = new ArrayList<>();
    if (leases.sanlockSocket().isPresent()) {
      doors.add(SanlockDoor::new);
    }
    if (leases.virtlockdSocket().isPresent()) {
      doors.add(context -> new LibvirtDoor(context, leases));
    }
    Optional<String> listen = arguments.value("metrics-listen").or(leases::metricsListen);
    if (listen.isPresent()) {
      doors.add(HttpDoor.at(address(listen.get()), Version.TEXT));
    }
    return doors;
  }

  private static ListenAddress address(String text) throws UsageException {
    try {
      return ListenAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("metrics-listen " + e.getMessage());
    }
  }

  private static int priority(String level) {
    return switch (level) {
      case "error" -> 3;
      case "warning" -> 4;
      case "debug" -> 7;
      default -> 6;
    };
  }
}
