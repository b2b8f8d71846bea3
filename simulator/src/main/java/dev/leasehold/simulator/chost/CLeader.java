// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.chost;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The 200 bytes of a leader record, kept as they are (docs/spec/ondisk.md 4). */
final class CLeader {

  static final int DELTA = 0x12212010;
  static final int PAXOS = 0x06152010;
  static final int SHORT_HOLD = 1;
  private static final int SIZE = 200;
  private static final int[] TABLE = table();

  private final byte[] raw;
  private final ByteBuffer in;

  CLeader(byte[] sector) {
    this.raw = Arrays.copyOf(sector, SIZE);
    this.in = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
  }

  CLeader copy() {
    return new CLeader(raw);
  }

  static int crc(byte[] bytes, int from, int length) {
    int c = 0xFFFFFFFE;
    for (int i = from; i < from + length; i++) {
      c = TABLE[(c ^ bytes[i]) & 0xFF] ^ (c >>> 8);
    }
    return c;
  }

  /** The record as a whole sector of {@code unit} bytes, with its checksum. */
  byte[] sector(int unit) {
    in.putInt(168, crc(raw, 0, 168));
    return Arrays.copyOf(raw, unit);
  }

  /** 0, or the error of the first check that fails (2.1, 3.1). */
  int verify(int magic, int major, String space, String resource, long hostId) {
    if (in.getInt(0) != magic) {
      return -223;
    }
    if (in.getInt(4) >>> 16 != major) {
      return -224;
    }
    if (!name(56).equals(space)) {
      return -226;
    }
    if (!resource.isEmpty() && !name(104).equals(resource)) {
      return -227;
    }
    if (magic == PAXOS && numHosts() < hostId) {
      return -228;
    }
    return in.getInt(168) == crc(raw, 0, 168) ? 0 : -229;
  }

  boolean same(CLeader other) {
    return Arrays.equals(raw, other.raw);
  }

  /** Whether owner, generation and owner's name are the same (2.3). */
  boolean sameOwner(CLeader other) {
    return Arrays.equals(raw, 32, 48, other.raw, 32, 48)
        && Arrays.equals(raw, 104, 152, other.raw, 104, 152);
  }

  int magic() {
    return in.getInt(0);
  }

  int flags() {
    return in.getInt(8);
  }

  void flags(int value) {
    in.putInt(8, value);
  }

  long numHosts() {
    return in.getLong(16);
  }

  long maxHosts() {
    return in.getLong(24);
  }

  long owner() {
    return in.getLong(32);
  }

  long generation() {
    return in.getLong(40);
  }

  void owner(long id, long generation) {
    in.putLong(32, id);
    in.putLong(40, generation);
  }

  long lver() {
    return in.getLong(48);
  }

  void lver(long value) {
    in.putLong(48, value);
  }

  long timestamp() {
    return in.getLong(152);
  }

  void timestamp(long value) {
    in.putLong(152, value);
  }

  int ioTimeout() {
    return in.getShort(174) & 0xFFFF;
  }

  void ioTimeout(int value) {
    in.putShort(174, (short) value);
  }

  long writer() {
    return in.getLong(176);
  }

  void writer(long id, long generation, long time) {
    in.putLong(176, id);
    in.putLong(184, generation);
    in.putLong(192, time);
  }

  String spaceName() {
    return name(56);
  }

  String resourceName() {
    return name(104);
  }

  void resourceName(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    Arrays.fill(raw, 104, 152, (byte) 0);
    System.arraycopy(bytes, 0, raw, 104, Math.min(47, bytes.length));
  }

  private String name(int at) {
    int end = at;
    while (end < at + 48 && raw[end] != 0) {
      end++;
    }
    return new String(raw, at, end - at, StandardCharsets.UTF_8);
  }

  private static int[] table() {
    int[] table = new int[256];
    for (int i = 0; i < 256; i++) {
      int c = i;
      for (int bit = 0; bit < 8; bit++) {
        c = (c & 1) != 0 ? (c >>> 1) ^ 0x82F63B78 : c >>> 1;
      }
      table[i] = c;
    }
    return table;
  }
}
