// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.demo;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The guest of the demonstration: QEMU where it is installed, else a shell that writes. */
final class Guest {
  private static final List<String> QEMU = List.of("qemu-system-x86_64", "qemu-system-aarch64");
  private static final int SECONDS_TO_END = 5;

  private Guest() {}

  /** What it is, in words. */
  static String words() {
    return qemu()
        .map(file -> "a real QEMU process (" + file.getFileName() + ", paused)")
        .orElse("a stand-in for QEMU, a shell that writes to the disk (QEMU is not installed)");
  }

  private static Optional<Path> qemu() {
    String search = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
    return QEMU.stream()
        .flatMap(
            name ->
                List.of(search.split(File.pathSeparator)).stream()
                    .map(directory -> Path.of(directory).resolve(name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts it; it does nothing until {@link #open}. */
  static Process behindGate(String name, String disk, Path log) throws IOException {
    List<String> line =
        new ArrayList<>(List.of("/bin/sh", "-c", "read -r go && exec \"$@\"", name));
    Optional<Path> qemu = qemu();
    if (qemu.isPresent()) {
      line.addAll(
          List.of(
              qemu.get().toString(), "-name", name, "-machine", "none", "-nodefaults", "-display"));
      line.addAll(List.of("none", "-S", "-drive", "if=none,format=raw,file=" + disk));
    } else {
      String loop = "while :; do echo \"$0 was here\" >>\"$1\"; sleep 1; done";
      line.addAll(List.of("/bin/sh", "-c", loop, name, disk));
    }
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /** Lets it run. */
  static void open(Process guest) throws IOException {
    try (OutputStream gate = guest.getOutputStream()) {
      gate.write("go\n".getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Shuts it down. */
  static void end(Process guest) {
    guest.destroy();
    try {
      if (!guest.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        guest.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      guest.destroyForcibly();
    }
  }
}
