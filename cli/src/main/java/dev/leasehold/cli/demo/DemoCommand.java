// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.demo;

import dev.leasehold.cli.Command;
import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Faults;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code leasehold demo}. */
public final class DemoCommand implements Command {

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "demo",
        "show in half a minute what leases do",
        List.of(
            "Plays two hosts that share a disk, on a temporary directory of this machine: a guest"
                + " starts on one, is refused on the other, is handed over, and is taken over after"
                + " a power cut. The hosts are real engines in processes of their own, the leases"
                + " are real leases. Needs nothing, changes nothing, ends by itself and leaves"
                + " nothing behind."),
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(new CommandSpec.Example("leasehold demo", "Half a minute.")));
  }

  @Override
  public int run(Arguments arguments, Terminal terminal) throws Failure {
    Path directory = directory();
    Play play = new Play(directory, terminal);
    Thread tidy = Thread.ofPlatform().unstarted(() -> leaveNothing(play, directory));
    Runtime.getRuntime().addShutdownHook(tidy); // Ctrl-C
    try {
      play.perform();
    } finally {
      leaveNothing(play, directory);
    }
    terminal.print("\nThat was all; " + directory + " is gone again.\n");
    return ExitCode.OK.number();
  }

  /** On a real disk where possible: /tmp may be a file system without direct I/O. */
  private static Path directory() throws Failure {
    Path base = Path.of("/var/tmp");
    Path usual = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
    try {
      Path directory =
          Files.createTempDirectory(Files.isWritable(base) ? base : usual, "leasehold-demo-");
      try (RandomAccessFile disk =
          new RandomAccessFile(directory.resolve("disk.img").toFile(), "rw")) {
        disk.setLength(16 << 20);
      }
      return directory;
    } catch (IOException e) {
      throw new Failure(
          ExitCode.CANNOT_CREATE, "no temporary directory can be made: " + Faults.words(e), e);
    }
  }

  private static synchronized void leaveNothing(Play play, Path directory) {
    play.killAll();
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      System.err.println("leasehold: " + directory + " could not be removed: " + e);
    }
  }
}
