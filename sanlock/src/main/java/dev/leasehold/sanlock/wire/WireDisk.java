// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

/**
 * A place on shared storage: 1040 bytes (docs/spec/wire.md 2).
 *
 * @param path file or device
 * @param offset bytes from its start
 * @param sectorSize in STATUS replies the sector size of the opened disk; else 0
 * @param descriptor in STATUS replies of the C daemon the number of a descriptor, else 0
 */
public record WireDisk(PathField path, long offset, int sectorSize, int descriptor) {
  /** Bytes of the structure. */
  public static final int SIZE = 1040;

  /** Nowhere. */
  public static final WireDisk NONE = new WireDisk(PathField.EMPTY, 0, 0, 0);

  /**
   * A place.
   *
   * @throws IllegalArgumentException as {@link PathField#of}
   */
  public static WireDisk of(String path, long offset) {
    return new WireDisk(PathField.of(path), offset, 0, 0);
  }

  static WireDisk read(Layout in) {
    return new WireDisk(PathField.read(in), in.u64(), in.u32(), in.u32());
  }

  void write(Layout out) {
    path.write(out);
    out.u64(offset).u32(sectorSize).u32(descriptor);
  }
}
