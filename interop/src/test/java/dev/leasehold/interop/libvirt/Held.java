// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.libvirt;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * That a host holds a disk's lease.
 *
 * @param host {@code a} or {@code b}
 */
record Held(String disk, boolean shared, String host) {

  static Stream<Held> exclusive(String host, String... disks) {
    return Arrays.stream(disks).map(disk -> new Held(disk, false, host));
  }

  static Stream<Held> shared(String disk, String... hosts) {
    return Arrays.stream(hosts).map(host -> new Held(disk, true, host));
  }

  /** The host ids of the lab (testdata/lab/lab.sh). */
  static String hostOf(long hostId) {
    return hostId == 1 ? "a" : hostId == 2 ? "b" : "host id " + hostId;
  }

  @Override
  public String toString() {
    return host + " has " + disk + (shared ? " shared" : "");
  }
}
