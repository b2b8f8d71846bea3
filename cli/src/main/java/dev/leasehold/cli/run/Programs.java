// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Printable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds programs as a shell does. */
final class Programs {
  private static final String USUAL_PATH = "/usr/local/bin:/usr/bin:/bin";

  private Programs() {}

  /** The file of a program, if it is on the search path. */
  static Optional<Path> find(String name) {
    String search = Optional.ofNullable(System.getenv("PATH")).orElse(USUAL_PATH);
    for (String directory : search.split(":", -1)) {
      Path file = Path.of(directory.isEmpty() ? "." : directory).resolve(name);
      if (isProgram(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  /**
   * Checks that a command can be started, so that no lease is taken for nothing.
   *
   * @throws Failure with the exit codes that shells have for this: 127 not found, 126 not
   *     executable
   */
  static void requireCommand(String command) throws Failure {
    String shown = Printable.line(command);
    if (!command.contains("/")) {
      if (find(command).isEmpty()) {
        throw new Failure(
            ExitCode.COMMAND_NOT_FOUND,
            "command \"" + shown + "\" was not found on PATH; nothing was started");
      }
      return;
    }
    Path file = Path.of(command);
    if (!Files.exists(file)) {
      throw new Failure(
          ExitCode.COMMAND_NOT_FOUND, "command " + shown + " does not exist; nothing was started");
    }
    if (!isProgram(file)) {
      throw new Failure(
          ExitCode.CANNOT_EXECUTE,
          "command " + shown + " may not be executed, or is no file; nothing was started");
    }
  }
}
