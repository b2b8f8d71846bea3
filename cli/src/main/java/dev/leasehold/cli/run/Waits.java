// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

/** Waiting that nobody interrupts. */
final class Waits {
  private Waits() {}

  /** Waits for the end of a child; its exit code, or 128 and the signal that killed it. */
  static int untilEnded(Process process) {
    while (true) {
      try {
        return process.waitFor();
      } catch (InterruptedException e) {
        // Nobody in this program interrupts threads.
      }
    }
  }

  /** Sleeps. */
  static void millis(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      // As above.
    }
  }
}
