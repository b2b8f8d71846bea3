// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.linux.Account;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's run directory, and the lock that makes it the only daemon there: the same lock as
 * the original's, so that the two cannot serve one directory (docs/spec/wire.md 1.1).
 */
final class RunDirectory implements AutoCloseable {
  private static final String LOCK_FILE = "sanlock.pid";

  private final Path path;
  private final FileChannel lockFile;

  private RunDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /**
   * Makes the directory if it is missing, gives it to the daemon's user, and locks it.
   *
   * @param account owner of the directory
   * @param gid group of the directory
   * @throws IOException with words for an administrator
   */
  static RunDirectory lock(Path path, Account account, int gid) throws IOException {
    make(path);
    own(path, account.uid(), gid);
    FileChannel channel =
        FileChannel.open(
            path.resolve(LOCK_FILE),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.READ);
    try {
      if (tryLock(channel) == null) {
        throw new IOException(
            "another daemon runs on " + path + ": it has the lock of " + path.resolve(LOCK_FILE));
      }
      Files.setPosixFilePermissions(
          path.resolve(LOCK_FILE), PosixFilePermissions.fromString("rw-r--r--"));
      writePid(channel, path.resolve(LOCK_FILE));
      return new RunDirectory(path, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void writePid(FileChannel channel, Path file) throws IOException {
    byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(pid), 0);
    } catch (IOException e) {
      throw new IOException(file + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static void make(Path path) throws IOException {
    try {
      Files.createDirectory(path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxr-x"));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(path)) {
        throw new IOException(path + " is no directory", e);
      }
    } catch (NoSuchFileException e) {
      throw new IOException(
          "the run directory " + path + " cannot be made: " + path.getParent() + " does not exist",
          e);
    }
  }

  private static void own(Path path, int uid, int gid) throws IOException {
    try {
      Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw new IOException(
          path
              + " cannot be given to user "
              + uid
              + " and group "
              + gid
              + " ("
              + e.getMessage()
              + "); name your own with -U and -G, or with uname and gname in the configuration",
          e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // this very process has it
    }
  }

  /** A file of it. */
  Path file(String name) {
    return path.resolve(name);
  }

  /** Lets go of the lock; the files stay, as the original leaves them. */
  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      // The kernel gives the lock back with the process.
    }
  }
}
