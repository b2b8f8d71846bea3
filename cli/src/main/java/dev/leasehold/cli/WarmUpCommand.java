// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.local.StateDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code leasehold warm-up}, which help does not list: does once what users do, so that the cache
 * that the JVM writes meanwhile (docs/decisions/0004-launcher.md) has what later starts need. To be
 * started with {@code LEASEHOLD_STATE_DIR} and {@code LEASEHOLD_RUNTIME_DIR} in a directory that is
 * thrown away.
 */
final class WarmUpCommand implements Command {
  /** Its name. */
  static final String NAME = "warm-up";

  /** Holds the lease for as long as the file is there, however slow the machine is. */
  private static final String UNTIL_GONE = "while [ -e \"$0\" ]; do sleep 0.2; done";

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        NAME,
        "do once what users do",
        List.of("For the build."),
        List.of(),
        List.of("FILE"),
        Optional.empty(),
        List.of());
  }

  @Override
  public int run(Arguments arguments, Terminal terminal) throws Failure {
    String disk = arguments.operands().getFirst();
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Terminal silent = new Terminal(nowhere, nowhere, true);
    Thread daemon = Thread.ofPlatform().daemon().start(() -> WarmUpDaemon.run(silent));
    Path busy = Path.of(disk + ".busy");
    create(busy);
    Thread run =
        Thread.ofPlatform()
            .daemon()
            .start(
                () ->
                    Main.run(
                        List.of(
                            "run", "--disk", disk, "--", "sh", "-c", UNTIL_GONE, busy.toString()),
                        silent));
    List<String> who = List.of("who", disk);
    while (run.isAlive() && Main.run(who, silent) != ExitCode.OK.number()) {
      sleep();
    }
    // With and without a directory: what is not done here costs tens of milliseconds later.
    String leases = StateDirectory.path().resolve("leases").toString();
    List<List<String>> lines =
        List.of(
            List.of("--help"),
            List.of("status", "--all"),
            List.of("status", "--json"),
            List.of("status", "--lease-dir", leases),
            List.of("who", "--json", disk),
            List.of("who", "--lease-dir", leases, disk),
            List.of("hosts", "--all"),
            List.of("hosts", "--lease-dir", leases));
    for (List<String> line : lines) {
      int code = Main.run(line, silent);
      if (code != ExitCode.OK.number()) {
        throw new Failure(
            ExitCode.INTERNAL, "warm-up: " + String.join(" ", line) + " ended with " + code);
      }
    }
    remove(busy);
    end(run);
    end(daemon);
    return ExitCode.OK.number();
  }

  private static void create(Path busy) throws Failure {
    try {
      Files.createFile(busy);
    } catch (IOException e) {
      throw new Failure(ExitCode.CANNOT_CREATE, busy + ": " + Faults.words(e), e);
    }
  }

  private static void remove(Path busy) throws Failure {
    try {
      Files.delete(busy);
    } catch (IOException e) {
      throw new Failure(ExitCode.INTERNAL, busy + ": " + Faults.words(e), e);
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  private static void end(Thread run) {
    try {
      run.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }
}
