// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.naming;

/**
 * One of the things that a disk is known by, and the lease that goes with it.
 *
 * @param identity which kind of thing
 * @param text it, e.g. a path or {@code wwn:naa.6001405…}
 */
public record DiskKey(LeaseIdentity identity, String text) {
  /** Name of its lease: the MD5 of the text. */
  public String leaseName() {
    return LeaseName.ofPath(text);
  }
}
