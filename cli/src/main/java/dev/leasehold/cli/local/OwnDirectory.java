// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Printable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Directories that belong to this user alone. */
public final class OwnDirectory {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private static final int WRITABLE_BY_OTHERS = 0022;

  private OwnDirectory() {}

  /** Whether this process runs as root. */
  public static boolean isRoot() {
    return userId() == 0;
  }

  /** The user id that new files of this process get. */
  static int userId() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new IllegalStateException("/proc is not mounted", e);
    }
  }

  /**
   * Makes a directory, and those above it, for this user alone (0700).
   *
   * @throws Failure if it cannot be made, or what is there belongs to somebody else or may be
   *     written by others: they could slip in files of their own
   */
  public static void make(Path directory) throws Failure {
    try {
      Path parent = directory.getParent();
      if (parent != null && !Files.isDirectory(parent)) {
        Files.createDirectories(parent, PosixFilePermissions.asFileAttribute(PRIVATE));
      }
      try {
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PRIVATE));
      } catch (FileAlreadyExistsException e) {
        // Looked at below.
      }
      check(directory);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.CANNOT_CREATE,
          "directory "
              + Printable.line(directory.toString())
              + " cannot be made: "
              + e.getClass().getSimpleName()
              + " "
              + Printable.line(String.valueOf(e.getMessage()))
              + "\nCheck who owns the directory above it and whether the disk is full.",
          e);
    }
  }

  /** Whether it is a directory (no link) of this user that nobody else may write to. */
  static void check(Path directory) throws IOException, Failure {
    int mode = (int) Files.getAttribute(directory, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    int uid = (int) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    boolean own = uid == userId();
    boolean isDirectory = Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
    if (!own || !isDirectory || (mode & WRITABLE_BY_OTHERS) != 0) {
      throw new Failure(
          ExitCode.BAD_CONFIGURATION,
          Printable.line(directory.toString())
              + (own ? " is no directory, or others may write to it" : " belongs to another user")
              + "\nRemove it, or correct its owner and mode (0700).");
    }
  }
}
