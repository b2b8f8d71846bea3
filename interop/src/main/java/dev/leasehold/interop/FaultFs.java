// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A mounted pass-through file system whose transfers can be delayed, failed or hung (see
 * testdata/faultfs/faultfs.c for the commands). Not thread-safe.
 */
public final class FaultFs implements AutoCloseable {

  /** Program by source. */
  private static final Map<Path, Path> COMPILED = new HashMap<>();

  private final Path backing;
  private final Path mount;
  private final Process process;

  private FaultFs(Path backing, Path mount, Process process) {
    this.backing = backing;
    this.mount = mount;
    this.process = process;
  }

  /**
   * Compiles the file system, once in a JVM, and mounts it in {@code dir}.
   *
   * @param source the C source
   * @param dir a private directory
   */
  public static FaultFs mount(Path source, Path dir) throws IOException, InterruptedException {
    Path program = compiled(source);
    Path backing = Files.createDirectories(dir.resolve("backing"));
    Path mount = Files.createDirectories(dir.resolve("mount"));
    Process process =
        new ProcessBuilder(program.toString(), backing.toString(), mount.toString())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("faultfs.log").toFile())
            .start();
    for (int i = 0; i < 6000; i++) {
      if (Files.exists(mount.resolve(".fault"))) {
        return new FaultFs(backing, mount, process);
      }
      if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    process.destroyForcibly();
    throw new IOException("faultfs: " + Files.readString(dir.resolve("faultfs.log")));
  }

  private static synchronized Path compiled(Path source) throws IOException {
    Path program = COMPILED.get(source);
    if (program == null) {
      Path directory = Files.createTempDirectory("faultfs");
      directory.toFile().deleteOnExit(); // after the program: the last named goes first
      program = directory.resolve("faultfs");
      program.toFile().deleteOnExit();
      compile(source, program);
      COMPILED.put(source, program);
    }
    return program;
  }

  private static void compile(Path source, Path program) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("gcc", "-O2", "-o", program.toString(), source.toString()));
    String flags =
        Programs.run(Map.of(), List.of("pkg-config", "--cflags", "--libs", "fuse3")).output();
    command.addAll(List.of(flags.trim().split("\\s+")));
    Programs.Result result = Programs.run(Map.of(), command);
    if (result.status() != 0) {
      throw new IOException("cannot compile " + source + ": " + result.output());
    }
  }

  /** Where it is mounted. */
  public Path mount() {
    return mount;
  }

  /** Where its files really are: reads and writes there meet no fault. */
  public Path backing() {
    return backing;
  }

  /** Ends every fault; what hangs is carried out. */
  public void heal() throws IOException {
    command("read ok");
    command("write ok");
    command("open ok");
  }

  /** Gives a command, e.g. {@code write hang}. */
  public void command(String command) throws IOException {
    Files.write(
        mount.resolve(".fault"),
        (command + "\n").getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.WRITE);
  }

  /** How many transfers hang now. */
  public int hanging() throws IOException {
    try (InputStream in = Files.newInputStream(mount.resolve(".fault"))) {
      return Integer.parseInt(new String(in.readNBytes(16), StandardCharsets.UTF_8).trim());
    }
  }

  /** What hangs ends without having reached the disk, and every fault ends. */
  public void drop() throws IOException {
    command("drop");
    heal();
  }

  @Override
  public void close() throws IOException {
    heal();
    command("drop");
    Programs.run(Map.of(), List.of("fusermount3", "-u", "-z", mount.toString()));
    Programs.end(process, 10);
  }
}
