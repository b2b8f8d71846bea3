// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import dev.leasehold.linux.ffi.MessageCalls;

/** syslog(3). May block while its reader does. Thread-safe. */
public final class SystemLog {

  /**
   * @param name under which the lines are found; there is one name in a process
   */
  public SystemLog(String name) {
    MessageCalls.openLog(name);
  }

  /**
   * Logs a line.
   *
   * @param priority 0 (emergency) to 7 (debug)
   */
  public void write(int priority, String line) {
    MessageCalls.log(priority, line);
  }
}
