// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.process;

import dev.leasehold.linux.ffi.ProcessCalls;
import java.util.List;

/** What this process runs. */
public final class ProgramImage {
  private ProgramImage() {}

  /**
   * Turns this process into another program, in place of the JVM: the pid stays, and so do
   * descriptors that were told to (execv(2); the path is not searched for).
   *
   * @param argv path and arguments
   * @return errno, if it could not be done
   */
  public static int replace(List<String> argv) {
    return -ProcessCalls.exec(argv);
  }
}
