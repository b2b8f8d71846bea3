// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

/** Waiting that nobody interrupts. */
final class Pauses {
  private Pauses() {}

  static void millis(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      // Nobody in this program interrupts threads.
    }
  }
}
