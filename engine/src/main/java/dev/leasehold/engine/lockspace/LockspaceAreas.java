// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.LockspaceFormat;
import dev.leasehold.engine.LockspaceOnDisk;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.lease.AreaFormat;
import dev.leasehold.lease.DeltaRecords;
import dev.leasehold.lease.LeaseArea;
import dev.leasehold.ondisk.AreaImage;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Publication;
import dev.leasehold.storage.Storage;
import java.time.Duration;
import java.util.Optional;

/** What can be done with a lockspace area that is not joined. Thread-safe. */
final class LockspaceAreas {

  private final Services services;
  private final LockspaceTable table;
  private final AreaOpener opener;

  LockspaceAreas(Services services, LockspaceTable table, AreaOpener opener) {
    this.services = services;
    this.table = table;
    this.opener = opener;
  }

  /** See {@code Lockspaces.createLockspace}. */
  boolean create(LockspaceFormat format) throws LeaseException {
    if (format.offset() != 0) {
      throw new LeaseException(ErrorCode.EINVAL, "a new lockspace file begins at offset 0");
    }
    Duration timeout = Duration.ofSeconds(services.config().formatIoTimeout());
    AreaImage image = AreaImages.lockspace(format.name(), format.geometry(), ioTimeout(format));
    Storage storage = services.ports().storage();
    return switch (storage.publish(format.path(), NewFile.of(image), timeout)) {
      case Publication.Created created -> {
        created.store().close();
        yield true;
      }
      case Publication.NameTaken _ -> false;
      case Publication.Failed failed -> throw failed.error().toLeaseException();
      case Publication.Unknown _ ->
          throw new LeaseException(
              ErrorCode.AIO_TIMEOUT,
              format.path() + ": the storage did not answer while the lockspace was made");
    };
  }

  private int ioTimeout(LockspaceFormat format) {
    return format.ioTimeout() == 0 ? services.config().ioTimeout() : format.ioTimeout();
  }

  /** See {@code Lockspaces.formatLockspace}. */
  void format(LockspaceFormat format) throws LeaseException {
    LockspaceSpec place = new LockspaceSpec(format.name(), 0, format.path(), format.offset());
    if (format.offset() < 0 || format.offset() % format.geometry().alignSize() != 0) {
      throw new LeaseException(
          ErrorCode.EINVAL,
          "offset " + format.offset() + " is not a multiple of " + format.geometry().alignSize());
    }
    if (table.isInUse(place)) {
      throw new LeaseException(ErrorCode.EBUSY, format.path() + " holds a lockspace joined here");
    }
    Duration timeout = Duration.ofSeconds(services.config().formatIoTimeout());
    try (BlockStore store = opener.open(format.path(), timeout)) {
      LeaseArea area = new LeaseArea(store, format.offset(), format.geometry());
      AreaFormat.lockspace(area, format.name(), ioTimeout(format), timeout);
    }
  }

  /** See {@code Lockspaces.readLockspace}. */
  LockspaceOnDisk read(String path, long offset, long hostId, Optional<Name> expected)
      throws LeaseException {
    Duration timeout = Duration.ofSeconds(services.config().ioTimeout());
    try (BlockStore store = opener.openReadOnly(path, timeout)) {
      Geometry geometry = DeltaRecords.probe(store, offset, 0, timeout);
      LeaseArea area = new LeaseArea(store, offset, geometry);
      LeaderRecord record =
          DeltaRecords.read(area, expected.orElse(Name.EMPTY), hostId == 0 ? 1 : hostId, timeout);
      return new LockspaceOnDisk(record.spaceName(), geometry, record.ioTimeout());
    }
  }
}
