// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.sanlock.wire.WireDisk;

/**
 * Where a lease area starts.
 *
 * @param path file or block device, as the daemon's host knows it
 * @param offset bytes from its start
 */
public record LeasePlace(String path, long offset) {
  /** The start of a file or device. */
  public static LeasePlace of(String path) {
    return new LeasePlace(path, 0);
  }

  WireDisk wire() {
    return WireDisk.of(path, offset);
  }

  static LeasePlace of(WireDisk disk) {
    return new LeasePlace(disk.path().toString(), disk.offset());
  }
}
