// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.disk;

/** How a command uses a disk. */
public enum DiskMode {
  /** It alone writes. */
  EXCLUSIVE("exclusive"),
  /** It writes beside others that know of each other. */
  SHARED("shared"),
  /** It only reads: no lease is taken. */
  READ_ONLY("read-only");

  private final String text;

  DiskMode(String text) {
    this.text = text;
  }

  /** In words. */
  public String text() {
    return text;
  }
}
