// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Processes of a test. */
final class Processes {
  private Processes() {}

  static void signal(long pid, String name) throws IOException {
    Process kill = new ProcessBuilder("kill", "-s", name, Long.toString(pid)).start();
    Waiting.until("kill", Cli.PATIENCE, () -> !kill.isAlive());
  }

  /** Whether it runs; one that is dead and was not waited for does not. */
  static boolean isAlive(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return !stat.substring(stat.lastIndexOf(')') + 2).startsWith("Z");
    } catch (IOException e) {
      return false;
    }
  }

  /** Live processes that have this in their environment. */
  static List<Long> withEnvironment(String text) {
    return with("environ", text);
  }

  /** Live processes that have this in their command line. */
  static List<Long> withCommandLine(String text) {
    return with("cmdline", text);
  }

  private static List<Long> with(String file, String text) {
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches("[0-9]+"))
          .filter(entry -> read(entry.resolve(file)).contains(text))
          .map(entry -> Long.parseLong(entry.getFileName().toString()))
          .filter(Processes::isAlive)
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
