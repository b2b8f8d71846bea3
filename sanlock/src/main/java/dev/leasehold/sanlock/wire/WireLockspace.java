// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import dev.leasehold.ondisk.Name;

/**
 * A lockspace: 1104 bytes (docs/spec/wire.md 2).
 *
 * @param name its name
 * @param hostId a host id in it
 * @param flags {@link Flags}: sizes, or its state in replies
 * @param disk where it is
 */
public record WireLockspace(Name name, long hostId, int flags, WireDisk disk) {
  /** Bytes of the structure. */
  public static final int SIZE = 1104;

  private static final int HOLE = 4;

  /** Where only the name matters. */
  public static WireLockspace named(Name name) {
    return new WireLockspace(name, 0, 0, WireDisk.NONE);
  }

  static WireLockspace read(Layout in) {
    Name name = in.name();
    long hostId = in.u64();
    int flags = in.u32();
    return new WireLockspace(name, hostId, flags, WireDisk.read(in.hole(HOLE)));
  }

  void write(Layout out) {
    out.name(name).u64(hostId).u32(flags).hole(HOLE);
    disk.write(out);
  }

  /** The same with other flags. */
  public WireLockspace withFlags(int value) {
    return new WireLockspace(name, hostId, value, disk);
  }
}
