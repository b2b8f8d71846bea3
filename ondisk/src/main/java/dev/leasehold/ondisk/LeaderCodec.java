// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;

/** Where the fields of a leader record are (docs/spec/ondisk.md section 4). */
final class LeaderCodec {
  static final int MAGIC = 0;
  static final int VERSION = 4;
  static final int FLAGS = 8;
  static final int SECTOR_SIZE = 12;
  static final int NUM_HOSTS = 16;
  static final int MAX_HOSTS = 24;
  static final int OWNER_ID = 32;
  static final int OWNER_GENERATION = 40;
  static final int LVER = 48;
  static final int SPACE_NAME = 56;
  static final int RESOURCE_NAME = 104;
  static final int TIMESTAMP = 152;
  static final int UNUSED1 = 160;
  static final int CHECKSUM = 168;
  static final int UNUSED2 = 172;
  static final int IO_TIMEOUT = 174;
  static final int WRITE_ID = 176;
  static final int WRITE_GENERATION = 184;
  static final int WRITE_TIMESTAMP = 192;

  private LeaderCodec() {}

  static LeaderRecord decode(MemorySegment segment, long at) {
    return new LeaderRecord(
        Bytes.u32(segment, at + MAGIC),
        Bytes.u32(segment, at + VERSION),
        Bytes.u32(segment, at + FLAGS),
        Bytes.u32(segment, at + SECTOR_SIZE),
        Bytes.u64(segment, at + NUM_HOSTS),
        Bytes.u64(segment, at + MAX_HOSTS),
        Bytes.u64(segment, at + OWNER_ID),
        Bytes.u64(segment, at + OWNER_GENERATION),
        Bytes.u64(segment, at + LVER),
        Name.of(segment, at + SPACE_NAME),
        Name.of(segment, at + RESOURCE_NAME),
        Bytes.u64(segment, at + TIMESTAMP),
        Bytes.u64(segment, at + UNUSED1),
        Bytes.u32(segment, at + CHECKSUM),
        Bytes.u16(segment, at + UNUSED2),
        Bytes.u16(segment, at + IO_TIMEOUT),
        Bytes.u64(segment, at + WRITE_ID),
        Bytes.u64(segment, at + WRITE_GENERATION),
        Bytes.u64(segment, at + WRITE_TIMESTAMP));
  }

  static void encode(LeaderRecord leader, MemorySegment segment, long at) {
    Bytes.putU32(segment, at + MAGIC, leader.magic());
    Bytes.putU32(segment, at + VERSION, leader.version());
    Bytes.putU32(segment, at + FLAGS, leader.flags());
    Bytes.putU32(segment, at + SECTOR_SIZE, leader.sectorSize());
    Bytes.putU64(segment, at + NUM_HOSTS, leader.numHosts());
    Bytes.putU64(segment, at + MAX_HOSTS, leader.maxHosts());
    Bytes.putU64(segment, at + OWNER_ID, leader.ownerId());
    Bytes.putU64(segment, at + OWNER_GENERATION, leader.ownerGeneration());
    Bytes.putU64(segment, at + LVER, leader.lver());
    leader.spaceName().encode(segment, at + SPACE_NAME);
    leader.resourceName().encode(segment, at + RESOURCE_NAME);
    Bytes.putU64(segment, at + TIMESTAMP, leader.timestamp());
    Bytes.putU64(segment, at + UNUSED1, leader.unused1());
    Bytes.putU32(segment, at + CHECKSUM, leader.checksum());
    Bytes.putU16(segment, at + UNUSED2, leader.unused2());
    Bytes.putU16(segment, at + IO_TIMEOUT, leader.ioTimeout());
    Bytes.putU64(segment, at + WRITE_ID, leader.writeId());
    Bytes.putU64(segment, at + WRITE_GENERATION, leader.writeGeneration());
    Bytes.putU64(segment, at + WRITE_TIMESTAMP, leader.writeTimestamp());
  }
}
