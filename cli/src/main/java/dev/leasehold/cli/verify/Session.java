// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.verify;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Faults;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LockspaceFormat;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Publication;
import dev.leasehold.storage.Storage;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The directory in which the hosts meet, below the one that is checked. Everything in it was made
 * by a verification, so everything in it may be removed; nothing outside is ever opened.
 */
final class Session {
  /** Its name; the same for all hosts, so that they find each other. */
  static final String NAME = ".leasehold-verify-storage";

  static final int PLACES = 64;
  static final int SECTIONS = 8192;
  static final Name LOCKSPACE = Name.of("verify");
  private static final int LARGEST_SECTOR = 4096;

  private final Path directory;

  private Session(Path directory) {
    this.directory = directory;
  }

  /** Finds or makes it. */
  static Session in(Path checked) throws Failure {
    Path directory = checked.resolve(NAME);
    try {
      if (!Files.isDirectory(checked)) {
        throw new Failure(ExitCode.NO_INPUT, checked + " is no directory");
      }
      Files.createDirectories(directory);
      return new Session(directory);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.CANNOT_CREATE, directory + " cannot be made: " + Faults.words(e), e);
    }
  }

  /** A directory that only this participant uses. */
  Path own() throws Failure {
    try {
      return Files.createDirectory(directory.resolve("own-" + UUID.randomUUID()));
    } catch (IOException e) {
      throw new Failure(
          ExitCode.CANNOT_CREATE,
          "no directory can be made in " + directory + ": " + Faults.words(e),
          e);
    }
  }

  String board() {
    return directory.resolve("board").toString();
  }

  String journal() {
    return directory.resolve("journal").toString();
  }

  String lockspace() {
    return directory.resolve("lockspace").toString();
  }

  String lease() {
    return directory.resolve("lease").toString();
  }

  /** Makes the common files; those that another host has made stay. */
  void make(LeaseManager manager) throws Failure {
    try {
      publish(board(), (long) PLACES * LARGEST_SECTOR);
      publish(journal(), 2L * SECTIONS * LARGEST_SECTOR);
      manager.createLockspace(
          new LockspaceFormat(LOCKSPACE, lockspace(), 0, Geometry.SECTOR_512, 0));
    } catch (LeaseException e) {
      throw Faults.of(lockspace(), e);
    }
  }

  private static void publish(String path, long size) throws Failure {
    Storage storage = HostPorts.storage();
    NewFile file = NewFile.zeros(size);
    switch (storage.publish(path, file, Basics.TIMEOUT)) {
      case Publication.Created created -> created.store().close();
      case Publication.NameTaken _ -> {
        // Another host was first.
      }
      case Publication.Failed failed -> throw Faults.of(failed.error());
      case Publication.Unknown _ ->
          throw new Failure(ExitCode.IO_ERROR, path + " could not be made in time");
    }
  }

  /** Removes everything that verifications made. */
  void remove() {
    try {
      if (Files.isDirectory(directory)) {
        removeTree(directory);
      }
    } catch (IOException e) {
      System.err.println("leasehold: " + directory + " could not be removed: " + e);
    }
  }

  /** Removes the directory of one participant. */
  static void removeTree(Path tree) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(tree)) {
      for (Path entry : entries) {
        if (Files.isDirectory(entry, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
          removeTree(entry);
        } else {
          Files.deleteIfExists(entry);
        }
      }
    }
    Files.deleteIfExists(tree);
  }
}
