// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.demo;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.SelfCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * One host of the demonstration, as the narrator sees it. Not thread-safe, but for {@link #kill}.
 */
final class DemoHost {
  private final String name;
  private final Process process;
  private final Path errors;
  private final BufferedReader out;
  private final Writer in;
  private volatile long guest;

  private DemoHost(String name, Process process, Path errors) {
    this.name = name;
    this.process = process;
    this.errors = errors;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.in = process.outputWriter(StandardCharsets.UTF_8);
  }

  static DemoHost start(Path directory, String name, int id) throws Failure {
    Path errors = directory.resolve(name + ".log");
    List<String> line =
        SelfCommand.line(
            List.of(DemoHostCommand.NAME, directory.toString(), name, Integer.toString(id)));
    try {
      Process process = new ProcessBuilder(line).redirectError(errors.toFile()).start();
      return new DemoHost(name, process, errors);
    } catch (IOException e) {
      throw new Failure(ExitCode.INTERNAL, "a host of the demonstration cannot be started: " + e);
    }
  }

  String name() {
    return name;
  }

  /** Asks for something. */
  void tell(String command) throws Failure {
    try {
      in.write(command + "\n");
      in.flush();
    } catch (IOException e) {
      throw died();
    }
  }

  /** The next answer; {@code waiting} is told how many milliseconds are left at most. */
  String answer(LongConsumer waiting) throws Failure {
    try {
      while (true) {
        String line = out.readLine();
        if (line == null) {
          throw died();
        }
        OptionalLong left = waitingFor(line);
        if (left.isEmpty()) {
          if (line.startsWith("granted ")) {
            guest = Long.parseLong(line.substring("granted ".length()));
          }
          return line;
        }
        waiting.accept(left.getAsLong());
      }
    } catch (IOException e) {
      throw died();
    }
  }

  /** For example {@code waiting 12000 ms at most}. */
  private static OptionalLong waitingFor(String line) {
    String word = "waiting ";
    return line.startsWith(word)
        ? OptionalLong.of(Long.parseLong(line.substring(word.length(), line.indexOf(" ms"))))
        : OptionalLong.empty();
  }

  private Failure died() {
    String said = "";
    try {
      said = Files.readString(errors);
    } catch (IOException e) {
      // Then there is nothing to quote.
    }
    return new Failure(
        ExitCode.INTERNAL, "host " + name + " of the demonstration ended early\n" + said.strip());
  }

  /** The power cut: engine and guest are gone at once, and nothing was tidied up. */
  void kill() {
    process.destroyForcibly();
    long pid = guest;
    if (pid != 0) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  /** Ends it in good order. */
  void close() {
    try {
      in.close();
      process.waitFor();
    } catch (IOException | InterruptedException e) {
      kill();
    }
  }
}
