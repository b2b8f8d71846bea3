// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/**
 * A private lease directory with everything around it. Several "machines" can share it: each has
 * journals of its own, so they know of each other through the lease directory only.
 */
final class Sandbox implements AutoCloseable {
  private final Path directory;
  private final String machine;
  private final AtomicInteger files;
  private final List<Cli> started;
  private final boolean isCopy;
  private final int ioTimeout;

  private Sandbox(
      Path directory,
      String machine,
      AtomicInteger files,
      List<Cli> started,
      boolean isCopy,
      int ioTimeout) {
    this.directory = directory;
    this.machine = machine;
    this.files = files;
    this.started = started;
    this.isCopy = isCopy;
    this.ioTimeout = ioTimeout;
  }

  /** With an io timeout of one second, for tests of what comes after some of them. */
  static Sandbox create() throws IOException {
    return create(1);
  }

  static Sandbox create(int ioTimeout) throws IOException {
    for (String program : List.of("mkfifo", "sh", "kill")) {
      Assumptions.assumeTrue(
          Files.isExecutable(Path.of("/usr/bin/" + program))
              || Files.isExecutable(Path.of("/bin/" + program)),
          "needs the program " + program);
    }
    Path directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "e2e-");
    Files.createDirectories(directory.resolve("leases"));
    return new Sandbox(directory, "one", new AtomicInteger(), new ArrayList<>(), false, ioTimeout);
  }

  /** The same lease directory as another machine sees it. */
  Sandbox otherMachine(String name) {
    return new Sandbox(directory, name, files, started, true, ioTimeout);
  }

  Path directory() {
    return directory;
  }

  Path leases() {
    return directory.resolve("leases");
  }

  Path lockspace() {
    return leases().resolve("__LIBVIRT__DISKS__");
  }

  Path runtime() {
    return directory.resolve("runtime-" + machine);
  }

  Map<String, String> environment() {
    return Map.of(
        "LEASEHOLD_STATE_DIR", directory.resolve("state-" + machine).toString(),
        "LEASEHOLD_RUNTIME_DIR", runtime().toString(),
        "LEASEHOLD_TEST", directory.toString(),
        "SANLOCK_RUN_DIR", directory.resolve("sanlock-" + machine).toString(),
        "SANLOCK_PRIVILEGED", "0",
        "LEASEHOLD_SANLOCK_CONF", "/nonexistent");
  }

  Path newFile(String kind) {
    return directory.resolve(kind + "-" + files.incrementAndGet());
  }

  /** A new, empty disk. */
  Path disk(String name) throws IOException {
    return Files.createFile(directory.resolve(name));
  }

  Cli start(String... args) throws IOException {
    Cli cli = Cli.start(this, Arrays.asList(args));
    synchronized (started) {
      started.add(cli);
    }
    return cli;
  }

  /** Starts {@code leasehold run} in the shared directory with the io timeout of the sandbox. */
  Cli run(String... args) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                "run",
                "--lease-dir",
                leases().toString(),
                "--io-timeout",
                Integer.toString(ioTimeout)));
    line.addAll(Arrays.asList(args));
    return start(line.toArray(String[]::new));
  }

  /** Ends everything and removes the directory. */
  @Override
  public void close() throws IOException {
    if (isCopy) {
      return;
    }
    List<Cli> all;
    synchronized (started) {
      all = List.copyOf(started);
    }
    for (Cli cli : all) {
      cli.close();
    }
    Waiting.until(
        "the end of every process of the test",
        Cli.PATIENCE,
        () -> {
          List<Long> left = Processes.withEnvironment("LEASEHOLD_TEST=" + directory);
          left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
          return left.isEmpty();
        });
    try (var paths = Files.walk(directory)) {
      for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
