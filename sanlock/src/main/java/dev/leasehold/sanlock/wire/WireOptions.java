// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import dev.leasehold.ondisk.Name;

/**
 * Options of ACQUIRE: 56 bytes (docs/spec/wire.md 2).
 *
 * @param ownerName what the holder calls itself
 * @param flags not used
 * @param length ignored; no bytes follow
 */
public record WireOptions(Name ownerName, int flags, int length) {
  /** Bytes of the structure. */
  public static final int SIZE = 56;

  /** Without a name. */
  public static final WireOptions NONE = new WireOptions(Name.EMPTY, 0, 0);

  static WireOptions read(Layout in) {
    return new WireOptions(in.name(), in.u32(), in.u32());
  }

  void write(Layout out) {
    out.name(ownerName).u32(flags).u32(length);
  }
}
