// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireLockspace;

/**
 * A lockspace, and a host in it.
 *
 * @param name its name
 * @param hostId a host id; what 0 means depends on the command
 * @param place where it is
 */
public record LockspaceRef(Name name, long hostId, LeasePlace place) {
  /**
   * A lockspace at the start of a file or device.
   *
   * @throws IllegalArgumentException if the name is longer than 48 bytes
   */
  public static LockspaceRef of(String name, long hostId, String path) {
    return new LockspaceRef(Name.of(name), hostId, LeasePlace.of(path));
  }

  RequestBody body() {
    return body(0);
  }

  RequestBody body(int flags) {
    return new RequestBody.OfLockspace(new WireLockspace(name, hostId, flags, place.wire()));
  }

  static LockspaceRef of(WireLockspace lockspace) {
    return new LockspaceRef(lockspace.name(), lockspace.hostId(), LeasePlace.of(lockspace.disk()));
  }

  static RequestBody named(Name name) {
    return new RequestBody.OfLockspace(WireLockspace.named(name));
  }
}
