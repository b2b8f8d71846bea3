// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.disk;

import java.util.Arrays;

/** One file (inode) on the shared storage, sparse. Sectors are replaced, never changed in place. */
public final class SimFile {

  private static final byte[] HOLE = new byte[0];

  private final long id;
  private final String madeAs;
  private final int unit;
  private final long size;
  private final byte[][] sectors;

  /**
   * Sets it up.
   *
   * @param id inode number
   * @param madeAs name it was made under, for messages
   * @param unit bytes that are written atomically: 512 or 4096
   * @param size bytes, a multiple of the unit
   */
  SimFile(long id, String madeAs, int unit, long size) {
    this.id = id;
    this.madeAs = madeAs;
    this.unit = unit;
    this.size = size;
    this.sectors = new byte[Math.toIntExact(size / unit)][];
    Arrays.fill(sectors, HOLE);
  }

  /** Inode number. */
  public long id() {
    return id;
  }

  /** Name it was made under. */
  public String madeAs() {
    return madeAs;
  }

  /** Bytes that are written atomically. */
  public int unit() {
    return unit;
  }

  /** Size in bytes. */
  public long size() {
    return size;
  }

  /** A copy of one sector. */
  public byte[] sector(int index) {
    return sectors[index].length == 0 ? new byte[unit] : sectors[index].clone();
  }

  /** Whether a sector was never written, or all zero. */
  public boolean hole(int index) {
    return sectors[index].length == 0;
  }

  /** Replaces one sector by {@code unit} bytes of {@code from}. */
  void put(int index, byte[] from, int offset) {
    boolean zero = true;
    for (int i = 0; i < unit && zero; i++) {
      zero = from[offset + i] == 0;
    }
    sectors[index] = zero ? HOLE : Arrays.copyOfRange(from, offset, offset + unit);
  }

  /** Copies sectors {@code first} (included) to {@code end} (excluded) to {@code to}. */
  void copy(int first, int end, byte[] to, int offset) {
    int at = offset;
    for (int i = first; i < end; i++, at += unit) {
      byte[] sector = sectors[i];
      if (sector.length == 0) {
        Arrays.fill(to, at, at + unit, (byte) 0);
      } else {
        System.arraycopy(sector, 0, to, at, unit);
      }
    }
  }
}
