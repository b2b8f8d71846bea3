// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Programs that look at packages, and where the packages are. */
final class Tool {
  static final Path SOURCES = Path.of(System.getProperty("leasehold.root"));
  static final Path TARGET = SOURCES.resolve("dist/target");

  record Result(int code, String out) {}

  private Tool() {}

  /** Runs it without input; output and messages together. */
  static Result run(String... line) throws IOException, InterruptedException {
    return run(Arrays.asList(line));
  }

  static Result run(List<String> line) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile());
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), out);
  }

  /** Skips the test, by name, where a program is missing. */
  static void need(String... programs) {
    for (String program : programs) {
      boolean there =
          Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin")
              .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
      Assumptions.assumeTrue(there, "needs the program " + program);
    }
  }

  static Path deb() throws IOException {
    return only(".deb");
  }

  static Path rpm() throws IOException {
    return only(".rpm");
  }

  private static Path only(String end) throws IOException {
    try (Stream<Path> files = Files.list(TARGET)) {
      List<Path> found =
          new ArrayList<>(files.filter(file -> file.toString().endsWith(end)).toList());
      if (found.size() != 1) {
        throw new AssertionError("expected one package " + end + " in " + TARGET + ": " + found);
      }
      return found.getFirst();
    }
  }
}
