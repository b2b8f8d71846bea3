// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.ondisk.LeaderRecord;
import java.io.PrintStream;

/** A leader record, a field a line (docs/spec/wire.md 7.5). */
final class LeaderText {
  private LeaderText() {}

  /**
   * Prints it.
   *
   * @param lockspace whether it is that of a host id
   */
  static void print(LeaderRecord leader, boolean lockspace, PrintStream out) {
    out.println("magic 0x" + Integer.toHexString(leader.magic()));
    out.println("version 0x" + Integer.toHexString(leader.version()));
    out.println("flags 0x" + Integer.toHexString(leader.flags()));
    out.println("sector_size " + Integer.toUnsignedString(leader.sectorSize()));
    out.println("num_hosts " + Long.toUnsignedString(leader.numHosts()));
    out.println("max_hosts " + Long.toUnsignedString(leader.maxHosts()));
    out.println("owner_id " + Long.toUnsignedString(leader.ownerId()));
    out.println("owner_generation " + Long.toUnsignedString(leader.ownerGeneration()));
    out.println("lver " + Long.toUnsignedString(leader.lver()));
    out.println("space_name " + leader.spaceName());
    out.println("resource_name " + leader.resourceName());
    out.println("timestamp " + Long.toUnsignedString(leader.timestamp()));
    out.println("checksum 0x" + Integer.toHexString(leader.checksum()));
    out.println("io_timeout " + Integer.toUnsignedString(leader.ioTimeout()));
    out.println((lockspace ? "extra1 " : "write_id ") + Long.toUnsignedString(leader.writeId()));
    out.println(
        (lockspace ? "extra2 " : "write_generation ")
            + Long.toUnsignedString(leader.writeGeneration()));
    out.println(
        (lockspace ? "extra3 " : "write_timestamp ")
            + Long.toUnsignedString(leader.writeTimestamp()));
  }
}
