// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** Gives a new file its space, its content and its owner. Every method may hang. */
final class FileFiller {

  private static final String CREATE = "cannot be created";
  private static final int CHUNK = 1 << 20;

  private final IoContext io;

  FileFiller(IoContext io) {
    this.io = io;
  }

  /**
   * @param path for messages
   * @param fd empty file, open for writing
   * @param unit smallest transfer that it takes, in bytes
   */
  void fill(String path, int fd, int unit, NewFile file) throws StorageException {
    requireUnit(path, unit, file);
    allocate(path, fd, file.size());
    for (Map.Entry<Long, byte[]> piece : file.pieces().entrySet()) {
      write(path, fd, piece.getKey(), MemorySegment.ofArray(piece.getValue()));
    }
    if (file.uid().isPresent() || file.gid().isPresent()) {
      check(path, io.calls().setOwner(fd, file.uid().orElse(-1), file.gid().orElse(-1)));
    }
    check(path, io.calls().setMode(fd, file.mode()));
    check(path, io.calls().sync(fd));
  }

  private static void requireUnit(String path, int unit, NewFile file) throws StorageException {
    boolean fits =
        file.size() % unit == 0
            && file.pieces().entrySet().stream()
                .allMatch(p -> p.getKey() % unit == 0 && p.getValue().length % unit == 0);
    if (!fits) {
      throw Words.of(
          Errno.EINVAL,
          path,
          "its file system takes transfers of " + unit + " bytes only: use that sector size");
    }
  }

  private void allocate(String path, int fd, long size) throws StorageException {
    int result = io.calls().fallocate(fd, size);
    if (result == -Errno.EOPNOTSUPP || result == -Errno.ENOSYS) {
      writeZeros(path, fd, size);
    } else if (result == -Errno.ENOSPC || result == -Errno.EDQUOT) {
      throw noSpace(path, -result, size);
    } else {
      check(path, result);
    }
  }

  private void writeZeros(String path, int fd, long size) throws StorageException {
    try (PooledBlock zeros = io.pool().lend((int) Math.min(CHUNK, size))) {
      long at = 0;
      while (at < size) {
        long length = Math.min(zeros.length(), size - at);
        at += writeSome(path, fd, at, zeros.bytes().asSlice(0, length), size);
      }
    }
  }

  private void write(String path, int fd, long offset, MemorySegment piece)
      throws StorageException {
    long done = 0;
    while (done < piece.byteSize()) {
      int length = (int) Math.min(CHUNK, piece.byteSize() - done);
      try (PooledBlock block = io.pool().lend(length)) {
        block.bytes().copyFrom(piece.asSlice(done, length));
        done += writeSome(path, fd, offset + done, block.bytes(), piece.byteSize());
      }
    }
  }

  private long writeSome(String path, int fd, long offset, MemorySegment bytes, long needed)
      throws StorageException {
    long result = io.calls().pwrite(fd, bytes, offset);
    if (result == -Errno.ENOSPC || result == -Errno.EDQUOT) {
      throw noSpace(path, (int) -result, needed);
    }
    if (result <= 0 || result % BlockPool.UNIT != 0) {
      throw Words.failed(path, CREATE, result < 0 ? (int) -result : Errno.EIO);
    }
    return result;
  }

  private static StorageException noSpace(String path, int errno, long needed) {
    return Words.of(
        errno,
        path,
        "no space left on its file system ("
            + Errno.describe(errno)
            + "): it needs "
            + needed
            + " bytes; free some space");
  }

  private static void check(String path, int result) throws StorageException {
    if (result < 0) {
      throw Words.failed(path, CREATE, -result);
    }
  }
}
