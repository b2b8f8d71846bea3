// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.EnginePorts;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.time.Duration;

/** Opens lockspace areas; every failure to open is ENODEV (docs/spec/algorithms.md 4.2). */
record AreaOpener(Storage storage) {

  AreaOpener(EnginePorts ports) {
    this(ports.storage());
  }

  BlockStore open(String path, Duration timeout) throws LeaseException {
    try {
      checkPath(path);
      return storage.open(path, timeout);
    } catch (StorageException e) {
      throw fault(e);
    }
  }

  BlockStore openReadOnly(String path, Duration timeout) throws LeaseException {
    try {
      checkPath(path);
      return storage.openReadOnly(path, timeout);
    } catch (StorageException e) {
      throw fault(e);
    }
  }

  private static void checkPath(String path) throws LeaseException {
    if (path.isEmpty()) {
      throw new LeaseException(ErrorCode.ENODEV, "a lockspace needs a path");
    }
  }

  private static LeaseException fault(StorageException e) {
    return new LeaseException(ErrorCode.ENODEV, String.valueOf(e.getMessage()), e);
  }
}
