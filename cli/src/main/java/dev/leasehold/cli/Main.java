// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.Help;
import dev.leasehold.cli.args.Parser;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.demo.DemoCommand;
import dev.leasehold.cli.demo.DemoHostCommand;
import dev.leasehold.cli.dump.DumpCommand;
import dev.leasehold.cli.libvirt.CheckCommand;
import dev.leasehold.cli.libvirt.CleanupCommand;
import dev.leasehold.cli.libvirt.VirtSanlockCleanup;
import dev.leasehold.cli.run.ReapCommand;
import dev.leasehold.cli.run.RunCommand;
import dev.leasehold.cli.sanlock.SanlockCommand;
import dev.leasehold.cli.verify.VerifyStorageCommand;
import dev.leasehold.cli.view.HostsCommand;
import dev.leasehold.cli.view.StatusCommand;
import dev.leasehold.cli.view.TopCommand;
import dev.leasehold.cli.view.WhoCommand;
import dev.leasehold.libvirt.conf.Nearest;
import java.util.Arrays;
import java.util.List;

/** Entry point of the {@code leasehold} command. */
public final class Main {
  /** What the whole is for, in one sentence. */
  public static final String PURPOSE =
      "Keeps two processes, on one host or on many, off one disk: holds a lease on shared storage"
          + " for every disk while a command runs.";

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    Terminal terminal = Terminal.ofProcess();
    int code = ExitCode.INTERNAL.number();
    try {
      code = run(Arrays.asList(args), terminal);
      terminal.flush();
    } finally {
      // Not exit: a signal may have started the JVM's shutdown already, and then exit would hang.
      Runtime.getRuntime().halt(code);
    }
  }

  /** Every command, in the order in which help lists them. */
  static List<Command> commands() {
    return List.of(
        new RunCommand(),
        new StatusCommand(),
        new WhoCommand(),
        new HostsCommand(),
        new DumpCommand(),
        new TopCommand(),
        new CheckCommand(),
        new CleanupCommand(),
        new DaemonCommand(),
        new VerifyStorageCommand(),
        new DemoCommand(),
        new SimulateCommand());
  }

  /** What every command is called and takes, for help, man pages and completion. */
  public static List<CommandSpec> specs() {
    return commands().stream().map(Command::spec).toList();
  }

  /** Runs one command; never throws. */
  static int run(List<String> args, Terminal terminal) {
    try {
      return dispatch(args, terminal);
    } catch (UsageException e) {
      terminal.say(e.words());
      return ExitCode.USAGE.number();
    } catch (Failure e) {
      terminal.say(e.words());
      debug(e);
      return e.code().number();
    } catch (RuntimeException | Error e) {
      terminal.say(
          "internal error: "
              + e
              + "\nThis is a fault of leasehold itself. Please report it with the output of the"
              + " same command under LEASEHOLD_DEBUG=1.");
      debug(e);
      return ExitCode.INTERNAL.number();
    }
  }

  private static void debug(Throwable e) {
    if (System.getenv("LEASEHOLD_DEBUG") != null) {
      e.printStackTrace();
    }
  }

  private static int dispatch(List<String> args, Terminal terminal) throws UsageException, Failure {
    List<CommandSpec> specs = specs();
    if (args.isEmpty()) {
      throw new UsageException(
          "which command? One of " + names(specs) + "; \"leasehold --help\" explains them");
    }
    checkEncoding(args);
    String name = args.getFirst();
    List<String> rest = args.subList(1, args.size());
    if (name.equals("--help") || name.equals("-h") || name.equals("help")) {
      terminal.print(Help.overview(PURPOSE, specs));
      return ExitCode.OK.number();
    }
    if (name.equals("--version") || name.equals("version")) {
      terminal.print("leasehold " + Version.TEXT + "\n");
      return ExitCode.OK.number();
    }
    if (name.equals(SanlockCommand.NAME)) {
      return SanlockCommand.run(rest, System.getenv(), terminal.out());
    }
    if (name.equals(VirtSanlockCleanup.NAME)) {
      return VirtSanlockCleanup.run(rest, terminal);
    }
    if (name.equals(ReapCommand.NAME)) {
      return run(new ReapCommand(), rest, terminal);
    }
    if (name.equals(DemoHostCommand.NAME)) {
      return run(new DemoHostCommand(), rest, terminal);
    }
    if (name.equals(WarmUpCommand.NAME)) {
      return run(new WarmUpCommand(), rest, terminal);
    }
    for (Command command : commands()) {
      if (command.spec().name().equals(name)) {
        return run(command, rest, terminal);
      }
    }
    List<String> known = specs.stream().map(CommandSpec::name).toList();
    throw new UsageException(
        "there is no command \""
            + name
            + "\""
            + Nearest.of(name, known).map(word -> "; did you mean " + word + "?").orElse("")
            + "\nThe commands are "
            + names(specs)
            + ".");
  }

  private static int run(Command command, List<String> args, Terminal terminal)
      throws UsageException, Failure {
    Arguments arguments = Parser.parse(command.spec(), args);
    if (arguments.flag("help")) {
      terminal.print(Help.of(command.spec()));
      return ExitCode.OK.number();
    }
    return command.run(arguments, terminal);
  }

  private static String names(List<CommandSpec> specs) {
    return String.join(", ", specs.stream().map(CommandSpec::name).toList());
  }

  /**
   * Refuses arguments that the JVM could not decode: it puts U+FFFD in their place, and a lease for
   * a path with such a character would be the lease of another disk.
   */
  private static void checkEncoding(List<String> args) throws UsageException {
    for (String arg : args) {
      if (arg.indexOf('\uFFFD') >= 0) {
        throw new UsageException(
            "the argument \""
                + arg
                + "\" holds bytes that are no "
                + System.getProperty("sun.jnu.encoding", "text")
                + " text; start leasehold with LC_ALL=C.UTF-8, or give the disk a name in UTF-8");
      }
    }
  }
}
