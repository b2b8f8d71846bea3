// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The programs that the proofs need, and how to run one to its end. */
public final class Programs {

  /** The interpreter that Debian's python3-sanlock is built for. */
  public static final String PYTHON = "/usr/bin/python3";

  private Programs() {}

  /**
   * What is missing for the proofs with the C daemon.
   *
   * @return a sentence naming the package, or empty when all is there
   */
  public static Optional<String> missingSanlock() {
    if (find("sanlock").isEmpty()) {
      return Optional.of("the program sanlock is missing (Debian package sanlock)");
    }
    if (!Files.isExecutable(Path.of(PYTHON))
        || run(Map.of(), List.of(PYTHON, "-c", "import sanlock")).status() != 0) {
      return Optional.of("python3 cannot import sanlock (Debian package python3-sanlock)");
    }
    return Optional.empty();
  }

  /** What is missing for the proofs with the faulty file system. */
  public static Optional<String> missingFuse() {
    if (find("gcc").isEmpty() || find("pkg-config").isEmpty()) {
      return Optional.of("gcc or pkg-config is missing (Debian packages gcc, pkg-config)");
    }
    if (run(Map.of(), List.of("pkg-config", "--exists", "fuse3")).status() != 0) {
      return Optional.of("libfuse3 is missing (Debian package libfuse3-dev)");
    }
    if (!Files.isWritable(Path.of("/dev/fuse")) || find("fusermount3").isEmpty()) {
      return Optional.of("FUSE cannot be mounted here (/dev/fuse, Debian package fuse3)");
    }
    return Optional.empty();
  }

  /** Looks a program up on PATH and in the system directories. */
  public static Optional<Path> find(String name) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(
            Stream.of(path.split(":", -1)), Stream.of("/usr/sbin", "/sbin", "/usr/bin", "/bin"))
        .filter(d -> !d.isEmpty())
        .map(d -> Path.of(d, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Runs a program to its end (at most two minutes) and collects what it prints. */
  public static Result run(Map<String, String> environment, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(resolve(command)).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IllegalStateException(command + " did not end: " + output);
      }
      return new Result(process.exitValue(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Waits for a process to end, and kills it when it does not. Safe in close(). */
  static void end(Process process, int seconds) {
    process
        .onExit()
        .completeOnTimeout(process, seconds, TimeUnit.SECONDS)
        .thenAccept(Process::destroyForcibly)
        .join();
    process.onExit().join();
  }

  static List<String> resolve(List<String> command) {
    String program = command.getFirst();
    String found =
        program.contains("/") ? program : find(program).map(Path::toString).orElse(program);
    return Stream.concat(Stream.of(found), command.stream().skip(1)).toList();
  }

  /**
   * How a program ended.
   *
   * @param status exit status
   * @param output standard output and error, as they came
   */
  public record Result(int status, String output) {}
}
