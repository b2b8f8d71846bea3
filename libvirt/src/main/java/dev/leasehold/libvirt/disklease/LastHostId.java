// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import dev.leasehold.libvirt.naming.LeaseName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The host id that this host had last in a lease directory. Only a preference: it may be lost. */
final class LastHostId {
  private final Path file;

  /** Kept below a directory of this host, by the name of the lease directory. */
  LastHostId(Path stateDirectory, String leaseDirectory) {
    this.file = stateDirectory.resolve("host-ids").resolve(LeaseName.ofPath(leaseDirectory));
  }

  /** It, if it is known. */
  OptionalLong get() {
    try {
      return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Keeps it for the next start. */
  void remember(long hostId) {
    try {
      Path directory = file.getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      Files.writeString(file, hostId + "\n");
    } catch (IOException e) {
      // Then the next start takes the lowest free one.
    }
  }
}
