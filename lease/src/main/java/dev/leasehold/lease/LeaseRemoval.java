// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.time.Duration;

/**
 * Clears a lease that is held, and removes its file. Whoever opened the file before finds the
 * cleared mark and starts afresh (ours) or is refused (a C host: "Lease does not exist on
 * storage"); nobody can hold a lease on a file that has no name any more.
 */
public final class LeaseRemoval {
  private static final Duration SETTLE_ROUND = Duration.ofMinutes(10);

  private final Storage storage;
  private final Name lockspace;
  private final Duration timeout;

  /**
   * Removes leases of one lockspace.
   *
   * @param timeout of each transfer
   */
  public LeaseRemoval(Storage storage, Name lockspace, Duration timeout) {
    this.storage = storage;
    this.lockspace = lockspace;
    this.timeout = timeout;
  }

  /**
   * Does it. The caller holds the lease exclusively, and gives it up only after this has returned.
   *
   * @param path of the file, which holds nothing else
   * @param name of the lease
   * @param hostId that the leader record names
   * @param validity whether the lease is still held
   * @throws LeaseException what went wrong; the file is still there, cleared or not
   * @throws StorageException the same
   */
  public void remove(String path, Name name, long hostId, ValidityCheck validity)
      throws LeaseException, StorageException {
    try (BlockStore store = storage.open(path, timeout)) {
      LeaderRecord leader = ours(store, name, hostId);
      LeaseArea area =
          new LeaseArea(store, 0, Geometry.ofLeader(leader.flags(), leader.sectorSize()));
      try {
        clear(area, leader, validity);
        storage.unlink(path, store, timeout);
        if (!readLeader(store).isCleared()) {
          // A host that stood for election beside us wrote our own victory once more.
          clear(area, leader, validity);
        }
      } finally {
        settle(store);
      }
    }
  }

  /**
   * The leader of the lease that is held. The name may lead to another file by now, if somebody
   * removed files without holding their leases: that one is not ours to clear.
   */
  private LeaderRecord ours(BlockStore store, Name name, long hostId) throws LeaseException {
    LeaderRecord leader = LeaseOwners.readLeader(new LeaseDisk(store, 0), lockspace, name, timeout);
    if (leader.isFree() || leader.ownerId() != hostId) {
      throw new LeaseException(
          ErrorCode.EAGAIN,
          store.path() + " was replaced while its lease was held; it is left alone");
    }
    return leader;
  }

  private void clear(LeaseArea area, LeaderRecord leader, ValidityCheck validity)
      throws LeaseException {
    LeaderRecord cleared = leader.cleared(leader.timestamp());
    int size = area.geometry().sectorSize();
    area.writeSector(
        0, sector -> cleared.encodeSector(sector, 0, size), timeout, timeout, validity);
  }

  private LeaderRecord readLeader(BlockStore store) throws LeaseException {
    LeaseArea area = new LeaseArea(store, 0, Geometry.SECTOR_512);
    try (var block = area.read(0, 4096, timeout)) {
      return LeaderRecord.decode(block.bytes(), 0);
    }
  }

  /**
   * The lease must not be given up while the mark may still land: it could wipe out the lease of
   * the next holder (algorithms.md 8, item 27). So this waits as long as it takes.
   */
  private static void settle(BlockStore store) {
    boolean settled = store.unsettledWrites() == 0;
    while (!settled) {
      settled = store.awaitWritesSettled(SETTLE_ROUND);
    }
  }
}
