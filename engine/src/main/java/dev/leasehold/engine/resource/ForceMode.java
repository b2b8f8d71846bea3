// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

/** How the holder of a requested lease is to be treated (docs/spec/algorithms.md 3.9). */
public enum ForceMode {
  /** Not at all: no request. */
  NONE(0),
  /** SIGKILL. */
  FORCE(1),
  /** Its kill program, or SIGTERM. */
  GRACEFUL(2);

  private final int number;

  ForceMode(int number) {
    this.number = number;
  }

  /** The number on the disk. */
  public int number() {
    return number;
  }
}
