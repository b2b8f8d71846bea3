// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import dev.leasehold.ondisk.Name;

/**
 * An entry of a resource index: 64 bytes (docs/spec/wire.md 2).
 *
 * @param offset of the resource's lease, in bytes; 0 if it is not given
 */
public record WireEntry(Name name, long offset, int flags, int unused) {
  /** Bytes of the structure. */
  public static final int SIZE = 64;

  /** Neither name nor offset. */
  public static final WireEntry NONE = new WireEntry(Name.EMPTY, 0, 0, 0);

  /** A name, an offset, or both. */
  public static WireEntry of(Name name, long offset) {
    return new WireEntry(name, offset, 0, 0);
  }

  static WireEntry read(Layout in) {
    return new WireEntry(in.name(), in.u64(), in.u32(), in.u32());
  }

  void write(Layout out) {
    out.name(name).u64(offset).u32(flags).u32(unused);
  }
}
