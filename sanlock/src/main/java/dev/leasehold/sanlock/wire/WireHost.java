// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

/**
 * A host: 32 bytes (docs/spec/wire.md 2).
 *
 * @param timestamp seconds of that host's clock
 * @param ioTimeout seconds, of that host
 * @param flags its state in the low four bits: 1 UNKNOWN, 2 FREE, 3 LIVE, 4 FAIL, 5 DEAD
 */
public record WireHost(long hostId, long generation, long timestamp, int ioTimeout, int flags) {
  /** Bytes of the structure. */
  public static final int SIZE = 32;

  static WireHost read(Layout in) {
    return new WireHost(in.u64(), in.u64(), in.u64(), in.u32(), in.u32());
  }

  void write(Layout out) {
    out.u64(hostId).u64(generation).u64(timestamp).u32(ioTimeout).u32(flags);
  }
}
