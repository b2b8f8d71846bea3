// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Programs that the build runs. */
final class Commands {
  private Commands() {}

  /** Runs a program to its end; what it said if it failed is in the exception. */
  static void run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(command.getFirst() + " ended with " + code + ":\n" + said);
    }
  }

  /** The same, but nothing if there is no such program. */
  static void runIfPresent(List<String> command) throws IOException, InterruptedException {
    Process test =
        new ProcessBuilder("sh", "-c", "command -v \"$1\" >/dev/null", "sh", command.getFirst())
            .start();
    if (test.waitFor() == 0) {
      run(Map.of(), command);
    }
  }
}
