// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import dev.leasehold.interop.Programs;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A process of cbench.c: a client of the C daemon through the real libsanlock. */
final class CClient implements AutoCloseable {
  private final Process process;
  private final BufferedWriter in;
  private final BufferedReader out;

  private CClient(Process process) {
    this.process = process;
    this.in = process.outputWriter(StandardCharsets.UTF_8);
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Compiles cbench.c. */
  static Path compile(Path source, Path dir) throws IOException {
    Path program = dir.resolve("cbench");
    Programs.Result result =
        Programs.run(
            Map.of(),
            List.of(
                "gcc",
                "-O2",
                "-Wall",
                "-o",
                program.toString(),
                source.toString(),
                "-lsanlock_client"));
    if (result.status() != 0 || !Files.isExecutable(program)) {
      throw new IOException("cannot compile " + source + ": " + result.output());
    }
    return program;
  }

  /**
   * Starts one.
   *
   * @param environment leads to the daemon
   */
  static CClient start(Path program, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(program.toString());
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return new CClient(builder.start());
  }

  /** Gives a command; its answer is a line of numbers. */
  long[] call(String command) throws IOException {
    send(command);
    return receive();
  }

  /** First half of {@link #call}. */
  void send(String command) throws IOException {
    in.write(command);
    in.newLine();
    in.flush();
  }

  /** Second half of {@link #call}. */
  long[] receive() throws IOException {
    String line = out.readLine();
    if (line == null || line.contains("error")) {
      throw new IOException("cbench: " + line);
    }
    return Arrays.stream(line.trim().split(" +", -1)).mapToLong(Long::parseLong).toArray();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
