// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.fake;

import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import java.lang.foreign.MemorySegment;

/**
 * A transfer.
 *
 * @param write or else a read
 * @param offset bytes from the start of the disk
 * @param content of a write; empty for a read
 */
public record Op(boolean write, long offset, int length, byte[] content) {
  @Override
  public String toString() {
    return (write ? "W " : "R ") + offset + " " + length;
  }

  /** What it does to a lease of 512-byte sectors. */
  public String inWords() {
    if (!write) {
      return toString();
    }
    MemorySegment bytes = MemorySegment.ofArray(content);
    if (offset > 0) {
      HostSector sector = HostSector.decode(bytes, 0);
      Dblock d = sector.dblock();
      return String.format(
          "W host %d: lver %d mbal %d bal %d owner %d/%d/%d%s%s",
          offset / 512 - 1,
          d.lver(),
          d.mbal(),
          d.bal(),
          d.inp(),
          d.inp2(),
          d.inp3(),
          d.isReleased() ? " RELEASED" : "",
          sector.mode().isShared() ? " SHARED" : "");
    }
    LeaderRecord leader = LeaderRecord.decode(bytes, 0);
    return String.format(
        "W leader: lver %d owner %d/%d/%d by %d%s",
        leader.lver(),
        leader.ownerId(),
        leader.ownerGeneration(),
        leader.timestamp(),
        leader.writeId(),
        leader.hasFlag(LeaderRecord.SHORT_HOLD) ? " SHORT_HOLD" : "");
  }
}
