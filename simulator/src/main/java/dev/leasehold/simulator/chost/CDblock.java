// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.chost;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A host's sector in a resource area: dblock and mode block (docs/spec/ondisk.md 6.4, 6.5).
 *
 * @param sharedGeneration generation in the mode block if it says SHARED, else -1
 */
record CDblock(
    long mbal,
    long bal,
    long inp,
    long inp2,
    long inp3,
    long lver,
    boolean released,
    long sharedGeneration) {

  static final CDblock NONE = new CDblock(0, 0, 0, 0, 0, 0, false, -1);

  static CDblock read(byte[] area, int at) {
    ByteBuffer in = ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN);
    return new CDblock(
        in.getLong(at),
        in.getLong(at + 8),
        in.getLong(at + 16),
        in.getLong(at + 24),
        in.getLong(at + 32),
        in.getLong(at + 40),
        (in.getInt(at + 52) & 1) != 0,
        (in.getInt(at + 128) & 1) != 0 ? in.getLong(at + 136) : -1);
  }

  /** Whether the checksum is right, or the block was never used. */
  static boolean valid(byte[] area, int at) {
    ByteBuffer in = ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN);
    int checksum = in.getInt(at + 48);
    boolean unused =
        checksum == 0
            && in.getLong(at) == 0
            && in.getLong(at + 8) == 0
            && in.getLong(at + 16) == 0
            && in.getLong(at + 40) == 0;
    return unused || checksum == CLeader.crc(area, at, 48);
  }

  byte[] sector(int unit) {
    byte[] sector = new byte[unit];
    ByteBuffer out = ByteBuffer.wrap(sector).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(0, mbal).putLong(8, bal).putLong(16, inp).putLong(24, inp2);
    out.putLong(32, inp3).putLong(40, lver);
    out.putInt(48, CLeader.crc(sector, 0, 48)).putInt(52, released ? 1 : 0);
    if (sharedGeneration >= 0) {
      out.putInt(128, 1).putLong(136, sharedGeneration);
    }
    return Arrays.copyOf(sector, unit);
  }

  CDblock phase2(long id, long generation, long time) {
    return new CDblock(mbal, mbal, id, generation, time, lver, false, -1);
  }

  CDblock asReleased() {
    return new CDblock(mbal, bal, inp, inp2, inp3, lver, true, -1);
  }

  CDblock asShared(long generation) {
    return new CDblock(mbal, bal, inp, inp2, inp3, lver, true, generation);
  }
}
