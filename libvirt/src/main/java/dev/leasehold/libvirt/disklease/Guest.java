// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import java.util.UUID;

/**
 * A guest as libvirt registers it.
 *
 * @param uuid of the guest
 * @param name of the guest
 * @param pid of its QEMU process
 */
public record Guest(UUID uuid, String name, int pid) {
  @Override
  public String toString() {
    return "guest " + name + " (pid " + pid + ")";
  }
}
