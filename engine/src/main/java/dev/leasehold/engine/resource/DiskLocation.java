// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

/**
 * Where one copy of a lease starts.
 *
 * @param path absolute path of a file or block device
 * @param offset bytes from its start
 */
public record DiskLocation(String path, long offset) {
  /** The start of a file. */
  public static DiskLocation of(String path) {
    return new DiskLocation(path, 0);
  }
}
