// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Finds out how little the storage of a directory can write at once, with a file of its own. */
public final class IoUnit {
  private IoUnit() {}

  /**
   * The smallest transfer, in bytes, that new files of this directory take.
   *
   * @throws IOException if no file can be made there
   * @throws StorageException if it cannot be used as leases are, e.g. not with direct I/O
   */
  public static int of(Path directory, Storage storage, Duration timeout)
      throws IOException, StorageException {
    Path probe = Files.createTempFile(directory, ".leasehold-probe-", "");
    try (BlockStore store = storage.openReadOnly(probe.toString(), timeout)) {
      return store.ioUnit();
    } finally {
      remove(probe);
    }
  }

  private static void remove(Path probe) {
    try {
      Files.deleteIfExists(probe);
    } catch (IOException e) {
      // An empty file with a telling name stays behind; it disturbs nobody.
    }
  }
}
