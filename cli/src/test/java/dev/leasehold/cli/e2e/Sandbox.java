// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.e2e;

import dev.leasehold.cli.disk.Disk;
import dev.leasehold.linux.Account;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
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
        "LEASEHOLD_SANLOCK_CONF", sanlockConf().toString());
  }

  /** Read by the daemon if a test writes it. */
  Path sanlockConf() {
    return directory.resolve("sanlock.conf");
  }

  /**
   * Starts the daemon of this machine and has it join the lockspace, which must exist.
   *
   * @param by a program that starts it, with its options; empty for none
   * @param options of the daemon
   */
  Cli daemon(List<String> by, long hostId, int ioTimeout, String... options)
      throws IOException, InterruptedException {
    Account us = Account.current();
    Files.createDirectories(directory.resolve("sanlock-" + machine));
    List<String> line = new ArrayList<>(List.of("sanlock", "daemon", "-D", "-L", "-1", "-S", "-1"));
    line.addAll(List.of("-l", "0", "-U", "" + us.uid(), "-G", "" + us.gid()));
    line.addAll(Arrays.asList(options));
    Cli daemon = add(Cli.start(this, by, line)).awaitErr("ready");
    String space = "__LIBVIRT__DISKS__:" + hostId + ":" + lockspace() + ":0";
    start("sanlock", "client", "add_lockspace", "-s", space, "-o", "" + ioTimeout).expect(0);
    return daemon;
  }

  /** Starts a process for which the daemon of this machine holds the lease of a disk. */
  Cli holder(Path disk) throws IOException {
    String name = Disk.leaseName(disk.toString());
    String lease = "__LIBVIRT__DISKS__:" + name + ":" + leases().resolve(name) + ":0";
    return start("sanlock", "client", "command", "-r", lease, "-c", "/bin/sleep", "300");
  }

  Path newFile(String kind) {
    return directory.resolve(kind + "-" + files.incrementAndGet());
  }

  /** A new, empty disk. */
  Path disk(String name) throws IOException {
    return Files.createFile(directory.resolve(name));
  }

  Cli start(String... args) throws IOException {
    return add(Cli.start(this, Arrays.asList(args)));
  }

  private Cli add(Cli cli) {
    synchronized (started) {
      started.add(cli);
    }
    return cli;
  }

  /**
   * What a command prints that looks, once that is what is waited for. On a busy machine a daemon
   * may not be heard at the first look.
   */
  String lookUntil(Predicate<String> condition, String... args)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + Cli.PATIENCE.toNanos();
    while (true) {
      Cli look = start(args);
      look.code();
      if (condition.test(look.out())) {
        return look.out();
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain, last it said\n" + look.out() + look.err());
      }
    }
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
