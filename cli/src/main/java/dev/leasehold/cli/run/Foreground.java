// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether the terminal's keys reach this process and its children by themselves. */
final class Foreground {
  private static final int PROCESS_GROUP = 2;
  private static final int TERMINAL_GROUP = 5;

  private Foreground() {}

  /**
   * Whether this process is in the terminal's foreground: Ctrl-C then goes to every process of the
   * group, so it need not be passed on.
   */
  static boolean isOurs() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"), StandardCharsets.ISO_8859_1);
      // Fields are counted from the end of the name in parentheses: proc_pid_stat(5).
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return fields[PROCESS_GROUP].equals(fields[TERMINAL_GROUP]);
    } catch (IOException e) {
      return false;
    }
  }
}
