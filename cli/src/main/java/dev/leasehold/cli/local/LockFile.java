// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file whose lock says that a process lives: the kernel gives it back with the last thread of the
 * process, when nothing that the process had in flight can land any more
 * (docs/decisions/0005-run-hosts-and-local-journal.md).
 */
final class LockFile implements AutoCloseable {
  /**
   * What this process has locked. The kernel drops a lock of fcntl(2) when the process closes any
   * descriptor of the file, so a locked file is never opened a second time.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel channel;

  private LockFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** Takes the lock if nobody has it, not even this process; makes the file if it is missing. */
  static Optional<LockFile> tryLock(Path path) throws IOException {
    return take(path, channel -> channel.tryLock() != null);
  }

  /**
   * Takes the lock, waiting for another process that has it. Only for locks that are held for a
   * moment; empty if this process has it.
   */
  static Optional<LockFile> lock(Path path) throws IOException {
    return take(path, channel -> channel.lock().isValid());
  }

  @FunctionalInterface
  private interface Taking {
    boolean take(FileChannel channel) throws IOException;
  }

  private static Optional<LockFile> take(Path path, Taking taking) throws IOException {
    if (!HELD.add(path)) {
      return Optional.empty();
    }
    boolean locked = false;
    try {
      FileChannel channel = open(path);
      try {
        locked = taking.take(channel);
        return locked ? Optional.of(new LockFile(path, channel)) : Optional.empty();
      } finally {
        if (!locked) {
          channel.close();
        }
      }
    } finally {
      if (!locked) {
        HELD.remove(path);
      }
    }
  }

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(
        path,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD.remove(path);
    }
  }
}
