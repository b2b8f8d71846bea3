// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How this very program is started once more, with the same JVM, flags and classes. */
public final class SelfCommand {
  private SelfCommand() {}

  /**
   * The command line.
   *
   * @param args for the new process
   * @throws Failure if this process was not started by the launcher
   */
  public static List<String> line(List<String> args) throws Failure {
    List<String> line = new ArrayList<>();
    for (String word : own()) {
      line.add(word);
      if (word.equals(Main.class.getName())) {
        line.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(args);
        return line;
      }
    }
    throw new Failure(ExitCode.INTERNAL, "how this program was started cannot be found out");
  }

  private static List<String> own() throws Failure {
    try {
      String text = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.ISO_8859_1);
      return List.of(text.split("\0", -1));
    } catch (IOException e) {
      throw new Failure(ExitCode.INTERNAL, "/proc cannot be read: " + Faults.words(e), e);
    }
  }
}
