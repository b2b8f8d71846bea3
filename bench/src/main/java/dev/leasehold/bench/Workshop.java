// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import dev.leasehold.interop.SanlockDaemon;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** A directory on the measured disk, and what is set up in it. Everything is gone when closed. */
final class Workshop implements AutoCloseable {
  private static final int AREA = 1 << 20;

  private final Path dir;
  private final Path cbench;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /**
   * An empty one.
   *
   * @param dir made if missing
   * @param cbench the compiled client
   */
  Workshop(Path dir, Path cbench) throws IOException {
    this.dir = Files.createDirectories(dir);
    this.cbench = cbench;
  }

  Path path(String name) {
    return dir.resolve(name);
  }

  /** A daemon whose run directory is not on the measured disk: socket paths are short. */
  SanlockDaemon daemon(String name) throws IOException, InterruptedException {
    Path run = Files.createTempDirectory("lhb");
    keep(() -> delete(run));
    return keep(SanlockDaemon.startC(run, name));
  }

  /** A daemon by any command, as {@link #daemon}. */
  SanlockDaemon daemon(List<String> command) throws IOException, InterruptedException {
    Path run = Files.createTempDirectory("lhb");
    keep(() -> delete(run));
    return keep(SanlockDaemon.start(run, command));
  }

  CClient client(SanlockDaemon daemon) throws IOException {
    return keep(CClient.start(cbench, daemon.environment()));
  }

  /** A lockspace area, written by the real program. */
  Path lockspace(String name, int ioTimeout) throws IOException {
    Path file = empty(name);
    direct("init", "-s", OurHost.SPACE + ":0:" + file + ":0", "-o", "" + ioTimeout);
    return file;
  }

  /** As {@link #lockspace}, but a lockspace that bears its file's name. */
  Path namedLockspace(String name, int ioTimeout) throws IOException {
    Path file = empty(name);
    direct("init", "-s", file.getFileName() + ":0:" + file + ":0", "-o", "" + ioTimeout);
    return file;
  }

  /** A lease for that many hosts, written by the real program; it bears its file's name. */
  Path lease(String name, int numHosts) throws IOException {
    Path file = empty(name);
    direct("init", "-r", OurHost.SPACE + ":" + name + ":" + file + ":0", "-n", "" + numHosts);
    return file;
  }

  List<Path> leases(String prefix, int count, int numHosts) throws IOException {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(lease(prefix + i, numHosts));
    }
    return files;
  }

  /** A file of zeros that really takes its space. */
  Path empty(String name) throws IOException {
    Path file = path(name);
    Files.createDirectories(file.getParent());
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.write(new byte[AREA]);
      out.getFD().sync();
    }
    return file;
  }

  private static void direct(String... args) throws IOException {
    var result = SanlockDaemon.direct(args);
    if (result.status() != 0) {
      throw new IOException(List.of(args) + ": " + result.output());
    }
  }

  <T extends AutoCloseable> T keep(T resource) {
    open.push(resource);
    return resource;
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      close(open.pop());
    }
    delete(dir);
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      throw new IllegalStateException("cannot end " + resource, e);
    }
  }

  static void delete(Path path) {
    try (Stream<Path> below = Files.walk(path)) {
      below.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
