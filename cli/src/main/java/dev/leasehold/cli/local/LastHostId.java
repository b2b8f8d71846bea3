// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import dev.leasehold.cli.Failure;
import dev.leasehold.cli.disk.Disk;
import dev.leasehold.cli.disk.LeaseDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The host id that this machine had last in a lease directory. Only a preference: it may be lost.
 */
public final class LastHostId {
  private final Path file;

  private LastHostId(Path file) {
    this.file = file;
  }

  /** That of a lease directory. */
  public static LastHostId of(LeaseDirectory leases) {
    Path ids = StateDirectory.path().resolve("host-ids");
    return new LastHostId(ids.resolve(Disk.leaseName(leases.path())));
  }

  /** It, if it is known. */
  public OptionalLong get() {
    try {
      return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Keeps it for the next run. */
  public void remember(long hostId) {
    try {
      Path directory = file.getParent();
      if (directory != null) {
        OwnDirectory.make(directory);
      }
      Files.writeString(file, hostId + "\n");
    } catch (IOException | Failure e) {
      // Then the next run takes the lowest free one.
    }
  }
}
