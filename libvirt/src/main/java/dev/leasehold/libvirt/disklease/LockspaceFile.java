// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import dev.leasehold.libvirt.conf.LeaseholdConfig;
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
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * The lockspace of the lease directory: made if it is missing, complete or not at all, and given to
 * the configured user and group (docs/spec/libvirt-sanlock.md 3, steps 1 and 2). What is in an
 * existing file is left to the join to judge.
 */
final class LockspaceFile {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int LARGE_SECTOR = 4096;
  private static final int GROUP_MAY = 0060;

  private final LeaseholdConfig config;
  private final Storage storage;

  LockspaceFile(LeaseholdConfig config, Storage storage) {
    this.config = config;
    this.storage = storage;
  }

  /** Sees to it that it is there. */
  void provide() throws LeaseFailure {
    Path file = Path.of(config.lockspacePath());
    if (Files.exists(file)) {
      adjust(file);
      return;
    }
    if (!Files.isDirectory(Path.of(config.diskLeaseDir()))) {
      throw LeaseFailure.unavailable(
          "the lease directory "
              + config.diskLeaseDir()
              + " does not exist or is no directory; mount the shared storage there, or set"
              + " disk_lease_dir");
    }
    publish();
  }

  private void publish() throws LeaseFailure {
    Geometry geometry = geometry();
    AreaImage image =
        AreaImages.lockspace(Name.of(LeaseholdConfig.LOCKSPACE), geometry, config.ioTimeout());
    NewFile file = NewFile.of(image, config.fileMode(), config.uid(), config.gid());
    switch (storage.publish(config.lockspacePath(), file, TIMEOUT)) {
      case Publication.Created created -> created.store().close();
      case Publication.NameTaken _ -> {
        // Another host has just made it.
      }
      case Publication.Failed failed -> throw fault(failed.error());
      case Publication.Unknown _ ->
          throw LeaseFailure.unavailable(
              config.lockspacePath()
                  + ": the storage did not answer within "
                  + TIMEOUT.toSeconds()
                  + " s while the lockspace was made; look at the storage");
    }
  }

  private static LeaseFailure fault(StorageException e) {
    return new LeaseFailure(
        LeaseFailure.Kind.UNAVAILABLE, "the lockspace cannot be made: " + e.getMessage(), e);
  }

  /** 512-byte sectors as C hosts have them for files, unless the storage cannot write so little. */
  private Geometry geometry() throws LeaseFailure {
    try {
      int unit = IoUnit.of(Path.of(config.diskLeaseDir()), storage, TIMEOUT);
      return unit == LARGE_SECTOR ? Geometry.SECTOR_4K_8M : Geometry.SECTOR_512;
    } catch (StorageException e) {
      throw fault(e);
    } catch (IOException e) {
      throw new LeaseFailure(
          LeaseFailure.Kind.UNAVAILABLE,
          "the lease directory " + config.diskLeaseDir() + " cannot be written to: " + remedied(e),
          e);
    }
  }

  /** Java has the system's words, in the language of the C locale, as the reason. */
  private static String remedied(IOException e) {
    String reason =
        e instanceof FileSystemException of && of.getReason() != null
            ? of.getReason()
            : String.valueOf(e.getMessage());
    return switch (reason) {
      case "Read-only file system" -> reason + "; mount it read-write";
      case "No space left on device", "Disk quota exceeded" -> reason + "; free some space there";
      default ->
          (e instanceof AccessDeniedException ? "Permission denied" : reason)
              + "; give the daemon's user the right to write there (on NFS: no_root_squash)";
    };
  }

  /** Owner, group and the group's right to write, as the C plugin corrects them. */
  private void adjust(Path file) throws LeaseFailure {
    if (!Files.isRegularFile(file) || (config.uid().isEmpty() && config.gid().isEmpty())) {
      return;
    }
    try {
      own(file, "unix:uid", config.uid());
      own(file, "unix:gid", config.gid());
      int mode = (int) Files.getAttribute(file, "unix:mode");
      if (config.gid().isPresent() && (mode & GROUP_MAY) != GROUP_MAY) {
        Files.setAttribute(file, "unix:mode", (mode & 07777) | GROUP_MAY);
      }
    } catch (IOException e) {
      throw new LeaseFailure(
          LeaseFailure.Kind.UNAVAILABLE,
          file
              + " cannot be given to the user and group of the configuration: "
              + e.getMessage()
              + "; remove the keys user and group, or let the daemon run as root (on NFS:"
              + " no_root_squash)",
          e);
    }
  }

  private static void own(Path file, String what, OptionalInt id) throws IOException {
    if (id.isPresent() && (int) Files.getAttribute(file, what) != id.getAsInt()) {
      Files.setAttribute(file, what, id.getAsInt());
    }
  }
}
