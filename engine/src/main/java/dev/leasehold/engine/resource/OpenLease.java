// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.lease.LeaseArea;
import dev.leasehold.lease.LeaseDisk;
import dev.leasehold.lease.PaxosLease;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.storage.BlockStore;
import java.time.Duration;
import java.util.List;

/**
 * A lease on open disks. It stays open while the lease is held, so that a release writes to the
 * very file that was acquired, and until no write to it can land any more, because only the store
 * that issued a write knows of it.
 */
record OpenLease(PaxosLease lease, List<LeaseDisk> disks) {
  /** Whether a write missed its deadline and may still land. */
  boolean unsettled() {
    return disks.stream().anyMatch(disk -> disk.store().unsettledWrites() > 0);
  }

  /** Waits until no write is in flight; each disk for that long. */
  boolean awaitSettled(Duration timeout) {
    boolean settled = true;
    for (LeaseDisk disk : disks) {
      settled &= disk.store().awaitWritesSettled(timeout);
    }
    return settled;
  }

  /** The area on the first disk, which alone has the records that are not voted on. */
  LeaseArea firstArea(Geometry geometry) {
    LeaseDisk first = disks.getFirst();
    return new LeaseArea(first.store(), first.offset(), geometry);
  }

  void close() {
    disks.forEach(disk -> disk.store().close());
  }

  static void closeAll(List<BlockStore> stores) {
    stores.forEach(BlockStore::close);
  }
}
