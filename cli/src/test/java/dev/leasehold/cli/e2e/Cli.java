// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.Main;
import dev.leasehold.testkit.OurJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** One start of the real command as a process of its own. */
final class Cli implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path out;
  private final Path err;

  private Cli(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static Cli start(Sandbox sandbox, List<String> args) throws IOException {
    return start(sandbox, List.of(), args);
  }

  /**
   * Starts it by another program.
   *
   * @param by that program and its options
   */
  static Cli start(Sandbox sandbox, List<String> by, List<String> args) throws IOException {
    Path out = sandbox.newFile("out");
    Path err = sandbox.newFile("err");
    List<String> line = new ArrayList<>(by);
    line.addAll(OurJvm.command(Main.class.getName(), args));
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(sandbox.directory().toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(sandbox.environment());
    return new Cli(builder.start(), out, err);
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Gives the command something to read, then the end of input. */
  Cli input(String text) throws IOException {
    process.getOutputStream().write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    process.getOutputStream().close();
    return this;
  }

  /** Waits for its end; the exit code. */
  int code() throws InterruptedException, IOException {
    return code(PATIENCE);
  }

  int code(Duration patience) throws InterruptedException, IOException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("still running after " + patience + "\n" + err());
    }
    return process.exitValue();
  }

  Cli expect(int code) throws InterruptedException, IOException {
    int found = code();
    assertThat(found).as("exit code; it said:\n%s\n%s", out(), err()).isEqualTo(code);
    return this;
  }

  String out() throws IOException {
    return Files.readString(out);
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  /** Sends a signal by name, e.g. STOP. */
  void signal(String name) throws IOException, InterruptedException {
    Processes.signal(pid(), name);
  }

  /** Waits until its output has this text. */
  Cli awaitOut(String text) throws IOException, InterruptedException {
    await("output \"" + text + "\"", () -> read(out).contains(text));
    return this;
  }

  Cli awaitErr(String text) throws IOException, InterruptedException {
    await("message \"" + text + "\"", () -> read(err).contains(text));
    return this;
  }

  private void await(String what, Supplier<Boolean> condition)
      throws IOException, InterruptedException {
    try {
      Waiting.until(what, PATIENCE, condition::get);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + ", but it said\n" + out() + err(), e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    if (process.isAlive()) {
      Processes.signal(pid(), "CONT");
      process.destroyForcibly();
      Waiting.until("the end of the command", PATIENCE, () -> !process.isAlive());
    }
  }
}
