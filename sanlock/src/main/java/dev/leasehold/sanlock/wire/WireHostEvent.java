// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

/**
 * What one host tells another: 32 bytes (docs/spec/wire.md 2).
 *
 * @param hostId who is told
 * @param generation of that host
 */
public record WireHostEvent(long hostId, long generation, long event, long data) {
  /** Bytes of the structure. */
  public static final int SIZE = 32;

  /** Nothing. */
  public static final WireHostEvent NONE = new WireHostEvent(0, 0, 0, 0);

  static WireHostEvent read(Layout in) {
    return new WireHostEvent(in.u64(), in.u64(), in.u64(), in.u64());
  }

  void write(Layout out) {
    out.u64(hostId).u64(generation).u64(event).u64(data);
  }
}
