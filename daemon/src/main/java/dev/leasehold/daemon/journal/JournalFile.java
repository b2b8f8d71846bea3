// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Where the journal is: in the run directory, beside the lock that only one daemon has. It need not
 * outlive the host, whose end is the end of the holders, so it is not forced to a disk.
 */
final class JournalFile {
  private static final String REMEDY =
      ". It says which processes still have leases of a daemon that was killed. Make sure that no"
          + " such process runs on this host, then remove it";

  private final Path path;
  private final Path next;

  JournalFile(Path path) {
    this.path = path;
    this.next = path.resolveSibling(path.getFileName() + ".new");
  }

  Path path() {
    return path;
  }

  /** Replaces it; readers find the old one or the new one. */
  void write(JournalText text) throws IOException {
    Files.writeString(next, text.encode(), StandardCharsets.UTF_8);
    Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * What is there, if something is.
   *
   * @throws IOException if it cannot be read, or makes no sense
   */
  Optional<JournalText> read() throws IOException {
    try {
      return Optional.of(JournalText.decode(Files.readString(path, StandardCharsets.UTF_8)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (AccessDeniedException e) {
      throw new IOException(path + " may not be read by this daemon's user" + REMEDY, e);
    } catch (IllegalArgumentException e) {
      throw new IOException(path + " cannot be understood (" + e.getMessage() + ")" + REMEDY, e);
    }
  }
}
