// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.StringTokenizer;

/** What /proc tells of a process. */
final class ProcFile {

  private static final int START_TIME = 22;

  private ProcFile() {}

  /**
   * Start time in clock ticks since boot: field 22 of /proc/PID/stat (proc_pid_stat(5)); empty if
   * there is no such process.
   */
  static OptionalLong startTicks(int pid) {
    try {
      byte[] stat = Files.readAllBytes(Path.of("/proc", Integer.toString(pid), "stat"));
      return startTicks(new String(stat, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      // ENOENT and ESRCH both mean: gone.
      return OptionalLong.empty();
    }
  }

  /**
   * Field 22 of a stat line. Field 2 is the command in parentheses and may itself have spaces and
   * parentheses, so fields are counted from the last ")".
   */
  static OptionalLong startTicks(String stat) {
    int commandEnd = stat.lastIndexOf(')');
    if (commandEnd < 0) {
      return OptionalLong.empty();
    }
    StringTokenizer rest = new StringTokenizer(stat.substring(commandEnd + 1));
    for (int field = 3; field < START_TIME && rest.hasMoreTokens(); field++) {
      rest.nextToken();
    }
    String startTime = rest.hasMoreTokens() ? rest.nextToken() : "";
    return startTime.matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(startTime))
        : OptionalLong.empty();
  }

  /** Identity of this boot. */
  static String bootId() {
    Path file = Path.of("/proc/sys/kernel/random/boot_id");
    try {
      return Files.readString(file, StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      throw new IllegalStateException(file + " cannot be read: is /proc mounted?", e);
    }
  }
}
