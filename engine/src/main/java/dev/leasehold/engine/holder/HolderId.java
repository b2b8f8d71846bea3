// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.holder;

/**
 * One registration of a process. A process may have several, each with leases of its own
 * (docs/spec/algorithms.md 5.1). Numbers rise and are never used again.
 *
 * @param number positive
 */
public record HolderId(long number) implements Comparable<HolderId> {
  @Override
  public int compareTo(HolderId other) {
    return Long.compare(number, other.number);
  }

  @Override
  public String toString() {
    return "holder " + number;
  }
}
