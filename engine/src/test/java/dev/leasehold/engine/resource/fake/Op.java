// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource.fake;

/**
 * One call on the fake storage.
 *
 * @param host whose view of the storage it came through
 * @param number counts all calls, from 0
 */
public record Op(String host, int number, Kind kind, String path, long offset, int length) {
  /** What was called. */
  public enum Kind {
    READ,
    WRITE,
    OPEN,
    PUBLISH,
    LEADS_TO
  }

  /** Whether it writes the sector at {@code at} of {@code file}. */
  public boolean writes(String file, long at) {
    return kind == Kind.WRITE && path.equals(file) && offset == at;
  }

  /** Whether it reads from {@code at} of {@code file}. */
  public boolean reads(String file, long at) {
    return kind == Kind.READ && path.equals(file) && offset == at;
  }

  @Override
  public String toString() {
    return host + " " + kind + " " + path + " " + offset + "+" + length;
  }
}
