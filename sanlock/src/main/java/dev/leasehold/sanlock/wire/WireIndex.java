// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import dev.leasehold.ondisk.Name;

/**
 * A resource index: 1104 bytes (docs/spec/wire.md 2).
 *
 * @param flags {@link Flags}: sizes, for FORMAT only
 * @param maxResources for FORMAT only; 0 is the default
 * @param unused not used
 * @param lockspace which lockspace it belongs to
 * @param disk where it is
 */
public record WireIndex(int flags, int maxResources, long unused, Name lockspace, WireDisk disk) {
  /** Bytes of the structure. */
  public static final int SIZE = 1104;

  /** An index that exists. */
  public static WireIndex of(Name lockspace, WireDisk disk) {
    return new WireIndex(0, 0, 0, lockspace, disk);
  }

  static WireIndex read(Layout in) {
    return new WireIndex(in.u32(), in.u32(), in.u64(), in.name(), WireDisk.read(in));
  }

  void write(Layout out) {
    out.u32(flags).u32(maxResources).u64(unused).name(lockspace);
    disk.write(out);
  }
}
