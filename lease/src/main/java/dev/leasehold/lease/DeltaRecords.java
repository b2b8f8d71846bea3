// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import java.time.Duration;

/** Reading delta records: a lockspace's sizes, and one host's record (docs/spec/ondisk.md 5.7). */
public final class DeltaRecords {
  // Always 4096 bytes, whatever the sector size turns out to be.
  private static final int PROBE_LENGTH = 4096;

  private DeltaRecords() {}

  /**
   * Finds the sizes of a lockspace in its first record, the first step of a join.
   *
   * @param offset where the lockspace area starts, in bytes
   * @param hostId the host that wants to join, 0 for none
   * @throws LeaseException LEADER_MAGIC, LEADER_VERSION, LEADER_SECTORSIZE, ADDLS_SIZES,
   *     ADDLS_INVALID_HOSTID; I/O
   */
  public static Geometry probe(BlockStore store, long offset, long hostId, Duration timeout)
      throws LeaseException {
    // The sizes are not known yet; none of them matters for this read.
    LeaseArea area = new LeaseArea(store, offset, Geometry.SECTOR_512);
    try (Block block = area.read(0, PROBE_LENGTH, timeout)) {
      return LeaderRecord.decode(block.bytes(), 0).verifyLockspaceSizes(hostId);
    } catch (LeaseException e) {
      throw about(store, e);
    }
  }

  /**
   * Reads one host's record and checks it.
   *
   * @param area the lockspace
   * @param lockspace its name; an empty name skips that check
   * @throws LeaseException LEADER_MAGIC, LEADER_VERSION, LEADER_LOCKSPACE, LEADER_CHECKSUM; I/O;
   *     EINVAL if the area has no such host
   */
  public static LeaderRecord read(LeaseArea area, Name lockspace, long hostId, Duration timeout)
      throws LeaseException {
    if (!area.geometry().isHostId(hostId)) {
      throw new LeaseException(
          ErrorCode.EINVAL,
          "host id "
              + Long.toUnsignedString(hostId)
              + " is not in 1 to "
              + area.geometry().maxHosts());
    }
    try (Block block = area.readSector(area.geometry().deltaOffset(hostId), timeout)) {
      LeaderRecord record = LeaderRecord.decode(block.bytes(), 0);
      record.verifyDelta(lockspace);
      return record;
    } catch (LeaseException e) {
      throw about(area.store(), e);
    }
  }

  /** The same fault, naming the file and the remedy; faults of the transfer do so already. */
  private static LeaseException about(BlockStore store, LeaseException e) {
    String path = store.path() + ": ";
    return e.detail().startsWith(path)
        ? e
        : new LeaseException(e.code(), path + e.detail() + "; " + e.code().remedy(), e);
  }
}
