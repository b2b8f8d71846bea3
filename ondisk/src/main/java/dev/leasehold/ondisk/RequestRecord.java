// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;

/**
 * The request that another host may leave for the owner of a lease: sector 1 of a resource area
 * (docs/spec/ondisk.md 6.3). No checksum. The padding at 20 is ignored on reading and written as
 * zero.
 *
 * @param lver the version asked for, unsigned; 0 means that there is no request
 * @param forceMode {@link #NONE}, {@link #FORCE} or {@link #GRACEFUL}; other values are kept
 */
public record RequestRecord(int magic, int version, long lver, int forceMode) {
  /** Bytes of the record. */
  public static final int SIZE = 24;

  /** First four bytes of every request record. */
  public static final int MAGIC = 0x08292011;

  /** What is written today. */
  public static final int VERSION = 0x00010001;

  /** Nothing is asked for. */
  public static final int NONE = 0;

  /** The holder is to be killed. */
  public static final int FORCE = 1;

  /** The holder is to be asked to end. */
  public static final int GRACEFUL = 2;

  private static final int MAJOR_MASK = 0xFFFF0000;

  /** The record of a lease that nobody asked for. */
  public static RequestRecord fresh() {
    return new RequestRecord(MAGIC, VERSION, 0, NONE);
  }

  /** A request for {@code lver}; the version is the current one whatever was read (section 8). */
  public static RequestRecord request(long lver, int forceMode) {
    return new RequestRecord(MAGIC, VERSION, lver, forceMode);
  }

  /** Reads the 24 bytes at {@code offset}; nothing is checked. */
  public static RequestRecord decode(MemorySegment segment, long offset) {
    return new RequestRecord(
        Bytes.u32(segment, offset),
        Bytes.u32(segment, offset + 4),
        Bytes.u64(segment, offset + 8),
        Bytes.u32(segment, offset + 16));
  }

  /** Writes the 24 bytes at {@code offset}. */
  public void encode(MemorySegment segment, long offset) {
    Bytes.putU32(segment, offset, magic);
    Bytes.putU32(segment, offset + 4, version);
    Bytes.putU64(segment, offset + 8, lver);
    Bytes.putU32(segment, offset + 16, forceMode);
    Bytes.putU32(segment, offset + 20, 0);
  }

  /** Writes the whole sector at {@code offset}, everything after the record zero. */
  public void encodeSector(MemorySegment segment, long offset, int sectorSize) {
    Bytes.zero(segment, offset, sectorSize);
    encode(segment, offset);
  }

  /**
   * Checks magic and major version.
   *
   * @throws LeaseException REQUEST_MAGIC or REQUEST_VERSION
   */
  public void verify() throws LeaseException {
    if (magic != MAGIC) {
      throw new LeaseException(
          ErrorCode.REQUEST_MAGIC,
          "the request record has magic " + Bytes.hex(magic) + ", expected " + Bytes.hex(MAGIC));
    }
    if ((version & MAJOR_MASK) != (VERSION & MAJOR_MASK)) {
      throw new LeaseException(
          ErrorCode.REQUEST_VERSION,
          "the request record has version "
              + Bytes.hex(version)
              + ", expected major version "
              + (VERSION >>> 16));
    }
  }
}
