// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.cli.Main;
import dev.leasehold.linux.Account;
import dev.leasehold.testkit.OurJvm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Our daemon as a process of its own, with a private run directory. */
final class TestDaemon implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path runDirectory;
  private final Path log;
  private final Process process;

  private TestDaemon(Path runDirectory, Path log, Process process) {
    this.runDirectory = runDirectory;
    this.log = log;
    this.process = process;
  }

  /** Starts one and returns at once. */
  static TestDaemon begin(Path home, String... options) throws IOException {
    Path runDirectory = home.resolve("run");
    Path log = Files.createTempFile(home, "log-", "");
    Account us = Account.current();
    List<String> line = new ArrayList<>(List.of("sanlock", "daemon"));
    line.addAll(List.of("-D", "-w", "0", "-L", "-1", "-S", "-1", "-l", "0"));
    line.addAll(List.of("-U", Integer.toString(us.uid()), "-G", Integer.toString(us.gid())));
    line.addAll(List.of(options));
    return new TestDaemon(runDirectory, log, launch(runDirectory, log, line));
  }

  /** Starts one and waits until it answers. */
  static TestDaemon start(Path home, String... options) throws IOException, InterruptedException {
    TestDaemon daemon = begin(home, options);
    until(
        "the daemon's answer",
        () -> {
          if (!daemon.process.isAlive()) {
            throw new AssertionError("the daemon has ended: " + daemon.log());
          }
          return daemon.ours("client", "gets").isEmpty();
        });
    return daemon;
  }

  static Process launch(Path runDirectory, Path log, List<String> words) throws IOException {
    String classPath = System.getProperty("java.class.path");
    return launch(environment(runDirectory), classPath, log, words);
  }

  static Process launch(
      Map<String, String> environment, String classPath, Path log, List<String> words)
      throws IOException {
    List<String> line = OurJvm.on(classPath, Main.class.getName(), words);
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectOutput(log.toFile()).redirectError(log.toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  static Map<String, String> environment(Path runDirectory) {
    return Map.of(
        "SANLOCK_RUN_DIR",
        runDirectory.toString(),
        "SANLOCK_PRIVILEGED",
        "0",
        "LEASEHOLD_SANLOCK_CONF",
        "/nonexistent");
  }

  Map<String, String> environment() {
    return environment(runDirectory);
  }

  Process process() {
    return process;
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** What our command prints. */
  String ours(String... words) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    int code = SanlockCommand.run(List.of(words), environment(), out);
    return bytes.toString(StandardCharsets.UTF_8) + (code == 0 ? "" : "status " + code + "\n");
  }

  /** What the original's command prints. */
  String theirs(String... words) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("/usr/sbin/sanlock"));
    line.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().putAll(environment());
    Process started = builder.start();
    String text = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = started.waitFor();
    return text + (code == 0 ? "" : "status " + code + "\n");
  }

  static void until(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited in vain for " + what);
      }
      Thread.sleep(20);
    }
  }

  /** Sends a signal to it. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  int code() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the daemon runs still: " + log());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
