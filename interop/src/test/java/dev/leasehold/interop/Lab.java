// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.testkit.OurJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * A private directory with everything that one test starts: hosts of both kinds, processes, file
 * systems. All of it is gone when the lab is closed. Not thread-safe.
 */
final class Lab implements AutoCloseable {

  private final Path dir;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private int count;

  private Lab(Path dir) {
    this.dir = dir;
  }

  /** Opens one; its path is short enough for sockets. */
  static Lab open() {
    try {
      return new Lab(Files.createTempDirectory(Path.of("/tmp"), "lh"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Skips the test, by name, if the C daemon cannot be had. */
  static void needsSanlock() {
    skipIf(Programs.missingSanlock());
  }

  /** Skips the test, by name, if the faulty file system cannot be had. */
  static void needsFuse() {
    skipIf(Programs.missingFuse());
  }

  private static void skipIf(Optional<String> missing) {
    if (missing.isPresent()) {
      throw new TestAbortedException(missing.get());
    }
  }

  /** A path in the lab. */
  Path path(String name) {
    return dir.resolve(name);
  }

  /** A C daemon with its own run directory. */
  SanlockDaemon daemon(String hostName) throws IOException, InterruptedException {
    return keep(SanlockDaemon.startC(path("run" + ++count), hostName));
  }

  /** A daemon of ours, in a process of its own. */
  SanlockDaemon ourDaemon(String hostName) throws IOException, InterruptedException {
    return keep(SanlockDaemon.startOurs(path("run" + ++count), hostName));
  }

  /** A host that runs the C daemon. */
  SocketHost cHost(String hostName) throws IOException, InterruptedException {
    SanlockDaemon daemon = daemon(hostName);
    return new SocketHost(hostName, daemon, daemon.worker());
  }

  /** A host that runs our daemon: its clients cannot tell. */
  SocketHost ourSocketHost(String hostName) throws IOException, InterruptedException {
    SanlockDaemon daemon = ourDaemon(hostName);
    return new SocketHost(hostName, daemon, daemon.worker());
  }

  /** A host that runs our engine. */
  OurHost ourHost(String hostName) throws IOException {
    return keep(OurHost.start(hostName, process().toHandle()));
  }

  /**
   * A host of ours in a JVM of its own, see {@link HolderMain}; returns when it holds everything.
   */
  Process ourProcess(String... args) throws IOException {
    List<String> command = OurJvm.command(HolderMain.class.getName(), List.of(args));
    Path log = path("jvm" + ++count);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.to(log.toFile())).start();
    keep(() -> end(process));
    String line = process.inputReader().readLine();
    if (!"held".equals(line)) {
      throw new IOException("the child said " + line + ": " + Files.readString(log));
    }
    return process;
  }

  /** A process that does nothing, to hold leases. */
  Process process() throws IOException {
    return process("sleep", "600");
  }

  /** A process that ignores SIGTERM, from the moment it is returned. */
  Process stubbornProcess() throws Exception {
    // The signal that is ignored stays ignored in what is executed.
    Process process = process("sh", "-c", "trap '' TERM; touch \"$0\"; exec sleep 600", marker());
    Path marker = path("marker" + count);
    Eventually.within(Duration.ofSeconds(60)).holds("it runs", () -> Files.exists(marker));
    return process;
  }

  private String marker() {
    return path("marker" + ++count).toString();
  }

  /** A process that is killed with the lab. */
  Process process(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    keep(() -> end(process));
    return process;
  }

  private static void end(Process process) {
    process.destroyForcibly();
    Programs.end(process, 20);
  }

  /** A file system with faults. */
  FaultFs faultFs() throws IOException, InterruptedException {
    Path root = Files.createDirectories(path("ffs" + ++count));
    return keep(FaultFs.mount(Checkout.file("testdata/faultfs/faultfs.c"), root));
  }

  /** A lockspace area, formatted by the real program. */
  Path lockspace(String name, int ioTimeout) throws IOException {
    return lockspace(path(name), name, ioTimeout);
  }

  /** As {@link #lockspace(String, int)}, anywhere. */
  static Path lockspace(Path file, String name, int ioTimeout) throws IOException {
    sparse(file, 1 << 20);
    direct("init", "-s", name + ":0:" + file + ":0", "-o", Integer.toString(ioTimeout));
    return file;
  }

  /** A resource area, formatted by the real program. */
  Path resource(String space, String name) throws IOException {
    return resource(path(name), space, name);
  }

  /** As {@link #resource(String, String)}, anywhere. */
  static Path resource(Path file, String space, String name) throws IOException {
    sparse(file, 1 << 20);
    direct("init", "-r", space + ":" + name + ":" + file + ":0");
    return file;
  }

  /** Runs {@code sanlock direct}, which must end well; returns what it prints. */
  static String direct(String... args) {
    Programs.Result result = SanlockDaemon.direct(args);
    assertThat(result.status()).as("%s: %s", List.of(args), result.output()).isZero();
    return result.output();
  }

  /** A file of that many zero bytes. */
  static Path sparse(Path file, long length) throws IOException {
    Files.createDirectories(file.getParent());
    try (var channel = new java.io.RandomAccessFile(file.toFile(), "rw")) {
      channel.setLength(length);
    }
    return file;
  }

  /** Closes {@code resource} with the lab. */
  <T extends AutoCloseable> T keep(T resource) {
    open.push(resource);
    return resource;
  }

  @Override
  public void close() {
    List<Exception> failures = new ArrayList<>();
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        failures.add(e);
      }
    }
    delete(dir);
    if (!failures.isEmpty()) {
      AssertionError error = new AssertionError("the lab could not be closed");
      failures.forEach(error::addSuppressed);
      throw error;
    }
  }

  private static void delete(Path path) {
    try (Stream<Path> below = Files.walk(path)) {
      below.sorted(java.util.Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
