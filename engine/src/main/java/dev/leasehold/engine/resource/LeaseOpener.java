// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.LeaseDisk;
import dev.leasehold.lease.PaxosLease;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Opens the disks of leases. Thread-safe. */
final class LeaseOpener {
  private static final int MAX_DISKS = 4;

  private final Storage storage;

  LeaseOpener(Storage storage) {
    this.storage = storage;
  }

  /**
   * Checks the number of disks.
   *
   * @throws LeaseException ERANGE
   */
  static void checkDisks(ResourceLocation where) throws LeaseException {
    int count = where.disks().size();
    if (count < 1 || count > MAX_DISKS) {
      throw new LeaseException(
          ErrorCode.ERANGE, "resource " + where.id() + " has 1 to 4 disks, not " + count);
    }
  }

  /**
   * Opens a lease for use in a joined lockspace.
   *
   * @throws LeaseException the errno of the first disk that cannot be opened, unless a majority can
   */
  OpenLease open(ResourceLocation where, MemberLockspace member) throws LeaseException {
    return lease(where, member, openAll(where, member.timing().io()));
  }

  /** A lease on disks that are open already; they are closed if it cannot be made. */
  static OpenLease lease(ResourceLocation where, MemberLockspace member, List<BlockStore> stores)
      throws LeaseException {
    List<LeaseDisk> disks = new ArrayList<>();
    for (int i = 0; i < stores.size(); i++) {
      disks.add(new LeaseDisk(stores.get(i), where.disks().get(i).offset()));
    }
    try {
      PaxosLease lease =
          new PaxosLease(
              where.id().resource(), List.copyOf(disks), member.geometry(), member.environment());
      return new OpenLease(lease, List.copyOf(disks));
    } catch (LeaseException e) {
      OpenLease.closeAll(stores);
      throw e;
    }
  }

  /** Opens one disk read-only, or for writing too. */
  BlockStore openDisk(DiskLocation disk, boolean writing, Duration timeout) throws LeaseException {
    try {
      return writing
          ? storage.open(disk.path(), timeout)
          : storage.openReadOnly(disk.path(), timeout);
    } catch (StorageException e) {
      throw e.toLeaseException();
    }
  }

  private List<BlockStore> openAll(ResourceLocation where, Duration timeout) throws LeaseException {
    checkDisks(where);
    List<Optional<BlockStore>> opened = new ArrayList<>();
    List<StorageException> failures = new ArrayList<>();
    for (DiskLocation disk : where.disks()) {
      try {
        opened.add(Optional.of(storage.open(disk.path(), timeout)));
      } catch (StorageException e) {
        opened.add(Optional.empty());
        failures.add(e);
      }
    }
    List<BlockStore> present = opened.stream().flatMap(Optional::stream).toList();
    if (present.size() <= where.disks().size() / 2) {
      OpenLease.closeAll(present);
      throw failures.getFirst().toLeaseException();
    }
    return withAbsent(where, opened, present.getFirst(), failures);
  }

  private static List<BlockStore> withAbsent(
      ResourceLocation where,
      List<Optional<BlockStore>> opened,
      BlockStore memory,
      List<StorageException> failures) {
    List<BlockStore> stores = new ArrayList<>();
    int failure = 0;
    for (int i = 0; i < opened.size(); i++) {
      if (opened.get(i).isPresent()) {
        stores.add(opened.get(i).get());
      } else {
        int errno = failures.get(failure++).errno();
        // Not opened in time is as good as not readable.
        int shown = errno == StorageException.TIMED_OUT ? -ErrorCode.EIO.number() : errno;
        stores.add(new AbsentStore(where.disks().get(i).path(), shown, memory));
      }
    }
    return stores;
  }
}
