// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Faults;
import dev.leasehold.cli.Printable;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.linux.io.IoUnit;
import dev.leasehold.ondisk.AreaImage;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Publication;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Makes the lockspace of a lease directory that has none yet. */
final class LockspaceFile {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int LARGE_SECTOR = 4096;

  private LockspaceFile() {}

  /**
   * Makes it, complete or not at all; if another host is faster, its file stays.
   *
   * @param ioTimeout seconds, recorded for the first join of each host id
   */
  static void make(LeaseDirectory directory, Storage storage, int ioTimeout) throws Failure {
    String path = directory.lockspacePath();
    Geometry geometry = geometry(directory, storage);
    AreaImage image = AreaImages.lockspace(Name.of(LeaseDirectory.LOCKSPACE), geometry, ioTimeout);
    switch (storage.publish(path, NewFile.of(image), TIMEOUT)) {
      case Publication.Created created -> created.store().close();
      case Publication.NameTaken _ -> {
        // Another host has just made it.
      }
      case Publication.Failed failed -> throw Faults.of(failed.error());
      case Publication.Unknown _ ->
          throw new Failure(
              ExitCode.IO_ERROR,
              Printable.line(path)
                  + ": the storage did not answer within "
                  + TIMEOUT.toSeconds()
                  + " s while the lockspace was made; look at the storage, then try again");
    }
  }

  /** 512-byte sectors as C hosts have them for files, unless the storage cannot write so little. */
  private static Geometry geometry(LeaseDirectory directory, Storage storage) throws Failure {
    try {
      int unit = IoUnit.of(Path.of(directory.path()), storage, TIMEOUT);
      return unit == LARGE_SECTOR ? Geometry.SECTOR_4K_8M : Geometry.SECTOR_512;
    } catch (StorageException e) {
      throw Faults.of(e);
    } catch (IOException e) {
      throw cannotWrite(directory, e);
    }
  }

  private static Failure cannotWrite(LeaseDirectory directory, IOException e) {
    boolean denied =
        e instanceof java.nio.file.AccessDeniedException
            || String.valueOf(e.getMessage()).contains("Read-only");
    return new Failure(
        denied ? ExitCode.NO_PERMISSION : ExitCode.CANNOT_CREATE,
        "lease directory "
            + directory.shown()
            + " cannot be written to: "
            + Printable.line(Faults.words(e))
            + "\nGive this user the right to write there, or name another one with --lease-dir.",
        e);
  }
}
