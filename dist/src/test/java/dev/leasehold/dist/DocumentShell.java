// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Runs commands of a document in a directory of its own: the storage that hosts share is a
 * directory in it, the io timeout is a second, QEMU sleeps, placeholders are files that exist.
 * Whatever was started has ended after {@link #close}.
 */
final class DocumentShell implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Path directory;
  private final Deque<Process> background = new ArrayDeque<>();
  private String printed = "";

  private DocumentShell(Path directory) {
    this.directory = directory;
  }

  static DocumentShell open(Path image) throws IOException {
    Path directory = Files.createTempDirectory(Tool.TARGET, "documents-");
    Files.createDirectories(directory.resolve("bin"));
    Files.createDirectories(directory.resolve("share"));
    Files.createFile(directory.resolve("vm.qcow2"));
    program(directory, "qemu-system-x86_64", "exec sleep 300");
    program(
        directory,
        "leasehold",
        "command=$1; shift\n[ \"$command\" != run ] || set -- --io-timeout 1 \"$@\"\n"
            + "exec "
            + image.resolve("usr/bin/leasehold")
            + " \"$command\" \"$@\"");
    return new DocumentShell(directory);
  }

  private static void program(Path directory, String name, String text) throws IOException {
    Path file = directory.resolve("bin").resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Process start(String command, Path out, String host) throws IOException {
    String line =
        command
            .replace("./leasehold", "leasehold")
            .replace("/mnt/share", directory.resolve("share").toString())
            .replaceAll(" FILE$", " " + directory.resolve("state/leases/__LIBVIRT__DISKS__"));
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", line)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile());
    var environment = builder.environment();
    environment.put("PATH", directory.resolve("bin") + ":" + environment.get("PATH"));
    environment.put("LEASEHOLD_STATE_DIR", directory.resolve("state" + host).toString());
    environment.put("LEASEHOLD_RUNTIME_DIR", directory.resolve("run" + host).toString());
    environment.put("SANLOCK_RUN_DIR", directory.resolve("sanlock").toString());
    environment.put("SANLOCK_PRIVILEGED", "0");
    environment.put("LC_ALL", "C.UTF-8");
    return builder.start();
  }

  /**
   * Runs a line to its end.
   *
   * @param host what the names of a host's own directories end with
   */
  void run(String where, String command, int code, String host) throws Exception {
    Path out = Files.createTempFile(directory, "out-", "");
    Process process = start(command, out, host);
    background.push(process);
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    printed = Files.readString(out);
    assertThat(ended).as("%s: %s ends\n%s", where, command, printed).isTrue();
    assertThat(process.exitValue()).as("%s: %s\n%s", where, command, printed).isEqualTo(code);
  }

  /** Starts a line that holds leases, and waits until they are held. */
  void begin(String where, String command) throws Exception {
    Path out = Files.createTempFile(directory, "out-", "");
    Process process = start(command, out, "");
    background.push(process);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (process.descendants().noneMatch(DocumentShell::isSleep)) {
      assertThat(process.isAlive())
          .as("%s: %s\n%s", where, command, Files.readString(out))
          .isTrue();
      assertThat(System.nanoTime()).as("%s: %s", where, command).isLessThan(deadline);
      process.waitFor(100, TimeUnit.MILLISECONDS);
    }
  }

  private static boolean isSleep(ProcessHandle handle) {
    return handle.info().command().map(name -> name.endsWith("/sleep")).orElse(false)
        && handle.info().arguments().map(all -> Integer.parseInt(all[0]) > 60).orElse(false);
  }

  /**
   * What the last line printed, as the document shows it but for what differs by its nature. In the
   * documents this machine is kvm1.
   */
  void assertPrinted(String where, String shown) throws IOException {
    String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    assertThat(general(printed.replace("on host " + name + " (", "on host kvm1 (")))
        .as(where)
        .contains(general(shown));
  }

  private String general(String text) {
    return text.replace(directory.resolve("share").toString(), "/mnt/share")
        .replaceAll("[0-9]{2}:[0-9]{2}:[0-9]{2}", "TIME")
        .replaceAll("pid [0-9]+", "pid N")
        .replaceAll("\\s+", " ")
        .strip();
  }

  @Override
  public void close() throws IOException {
    try {
      end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end() throws IOException, InterruptedException {
    for (Process process : background) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    // Guards end by themselves when what they guard has ended.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (isInUse() && System.nanoTime() < deadline) {
      Thread.sleep(100);
    }
    Tool.run("rm", "-rf", directory.toString());
  }

  /** Whether a process works in the directory or was started for it. */
  private boolean isInUse() throws IOException {
    try (var all = Files.list(Path.of("/proc"))) {
      return all.filter(path -> path.getFileName().toString().matches("[0-9]+"))
          .anyMatch(path -> environ(path).contains(directory.toString()));
    }
  }

  private static String environ(Path process) {
    try {
      return new String(
          Files.readAllBytes(process.resolve("environ")),
          java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
