// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * Loop devices and file systems of a test, below its own directory. All are gone after {@link
 * #close}. A test is skipped, with the reason, where this user may not make them.
 */
final class Mounts implements AutoCloseable {

  private final Path directory;
  private final Deque<List<String>> undo = new ArrayDeque<>();

  Mounts(Path directory) {
    this.directory = directory;
  }

  private record Result(int exit, String output) {}

  private static Result run(List<String> argv) {
    try {
      Process process = new ProcessBuilder(argv).redirectErrorStream(true).start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      return new Result(127, e.getMessage());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String need(String... argv) {
    Result result = run(List.of(argv));
    Assumptions.assumeTrue(
        result.exit == 0, () -> "needs " + String.join(" ", argv) + ": " + result.output);
    return result.output;
  }

  /** A block device of 16 MiB. */
  Path device(int sectorSize) throws IOException {
    Path backing = Files.createTempFile(directory, "disk", "");
    Files.write(backing, new byte[16 << 20]);
    String size = Integer.toString(sectorSize);
    String device = need("losetup", "--find", "--show", "--sector-size", size, backing.toString());
    undo.push(List.of("losetup", "--detach", device));
    return Path.of(device);
  }

  /** An ext4 file system on a device. */
  Path ext4(Path device) throws IOException {
    need("mkfs.ext4", "-q", "-b", "4096", device.toString());
    return mount("-t", "ext4", device.toString());
  }

  /** A file system in memory. */
  Path tmpfs(String size) throws IOException {
    return mount("-t", "tmpfs", "-o", "size=" + size, "tmpfs");
  }

  private Path mount(String type, String name, String... rest) throws IOException {
    Path point = Files.createTempDirectory(directory, "mnt");
    List<String> argv = new ArrayList<>(List.of("mount", type, name));
    argv.addAll(List.of(rest));
    argv.add(point.toString());
    need(argv.toArray(String[]::new));
    undo.push(List.of("umount", point.toString()));
    return point;
  }

  void remountReadOnly(Path point) {
    need("mount", "-o", "remount,ro", point.toString());
  }

  @Override
  public void close() {
    while (!undo.isEmpty()) {
      List<String> argv = undo.pop();
      Samples.until(() -> run(argv).exit == 0); // busy while a store is being closed
    }
  }
}
