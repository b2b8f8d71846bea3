// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.linux.ffi.Descriptor;
import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.ffi.FileStatus;
import dev.leasehold.linux.ffi.OpenFlags;
import dev.leasehold.linux.ffi.StatResult;
import dev.leasehold.linux.ffi.Statx.Freshness;
import dev.leasehold.storage.StorageException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Opens what exists; every method may hang. Thread-safe. */
final class Opener {

  private static final int SMALL_UNIT = 512;
  private static final int LARGE_UNIT = 4096;

  private final IoContext io;

  /**
   * Units found by probing, by device: over a network each probe costs as much as a lease's read.
   */
  private final Map<Long, Integer> probed = new ConcurrentHashMap<>();

  Opener(IoContext io) {
    this.io = io;
  }

  /** Which transfers a store is opened for. */
  enum Access {
    READ_WRITE(OpenFlags.READ_WRITE, "cannot be opened for reading and writing"),
    READ_ONLY(OpenFlags.READ_ONLY, "cannot be opened for reading");

    private final int flag;
    private final String words;

    Access(int flag, String words) {
      this.flag = flag;
      this.words = words;
    }

    /** For messages. */
    String words() {
      return words;
    }
  }

  LinuxBlockStore open(String path, Access access) throws StorageException {
    // Looked at first: merely opening a device can have effects, such as arming a watchdog.
    requireFileOrDevice(path, status(path, access.words));
    int fd =
        io.calls()
            .open(
                path,
                access.flag
                    | OpenFlags.DIRECT
                    | OpenFlags.SYNC
                    | OpenFlags.CLOSE_ON_EXEC
                    | OpenFlags.NO_CTTY,
                0);
    if (fd < 0) {
      throw fd == -Errno.EINVAL ? Words.noDirectIo(path) : Words.failed(path, access.words, -fd);
    }
    Descriptor file = io.own(fd);
    try {
      FileStatus opened = status(path, fd);
      int unit = ioUnit(path, fd, opened);
      return new LinuxBlockStore(path, unit, opened.isBlockDevice(), file, io);
    } catch (StorageException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private FileStatus status(String path, String cannot) throws StorageException {
    return switch (io.calls().statusOf(path, Freshness.CACHED)) {
      case StatResult.Ok(FileStatus status) -> status;
      case StatResult.Failed(int errno) -> throw Words.failed(path, cannot, errno);
    };
  }

  private static void requireFileOrDevice(String path, FileStatus status) throws StorageException {
    if (status.isDirectory()) {
      throw Words.of(Errno.EISDIR, path, "is a directory: name a file or block device");
    }
    if (!status.isRegularFile() && !status.isBlockDevice()) {
      throw Words.of(Errno.EINVAL, path, "is neither a file nor a block device: name one of these");
    }
  }

  private FileStatus status(String path, int fd) throws StorageException {
    return switch (io.calls().status(fd, Freshness.CACHED)) {
      case StatResult.Ok(FileStatus status) -> status;
      case StatResult.Failed(int errno) -> throw Words.failed(path, "cannot be looked at", errno);
    };
  }

  /**
   * Smallest transfer that an open file or device takes, in bytes.
   *
   * @throws StorageException if it takes no direct transfers, or only larger ones than lease areas
   *     are made of
   */
  int ioUnit(String path, int fd) throws StorageException {
    return ioUnit(path, fd, status(path, fd));
  }

  private int ioUnit(String path, int fd, FileStatus status) throws StorageException {
    requireFileOrDevice(path, status);
    long unit = status.isBlockDevice() ? sectorSize(path, fd) : alignment(path, fd, status);
    if (unit > LARGE_UNIT) {
      throw Words.of(
          Errno.EINVAL,
          path,
          "takes direct transfers of "
              + unit
              + " bytes only, but sectors of leases have 512 or 4096: use another file system");
    }
    return unit <= SMALL_UNIT ? SMALL_UNIT : LARGE_UNIT;
  }

  private long sectorSize(String path, int fd) throws StorageException {
    long size = io.calls().sectorSize(fd);
    if (size < 0) {
      throw Words.failed(path, "does not tell its sector size", (int) -size);
    }
    return size;
  }

  private long alignment(String path, int fd, FileStatus status) throws StorageException {
    if (status.directAlign() == 0) {
      throw Words.noDirectIo(path);
    }
    if (status.directAlign() != FileStatus.UNKNOWN) {
      return status.directAlign();
    }
    Integer known = probed.get(status.device());
    return known == null ? probe(path, fd, status.device()) : known;
  }

  /** Kernels before 6.1, and some file systems, do not tell: so see which read they take. */
  private int probe(String path, int fd, long device) throws StorageException {
    for (int unit : new int[] {SMALL_UNIT, LARGE_UNIT}) {
      long result = read(fd, unit);
      if (result >= 0) {
        if (result == unit) { // an empty file shows nothing
          probed.put(device, unit);
        }
        return unit;
      }
      if (result != -Errno.EINVAL) {
        throw Words.failed(path, "cannot be read", (int) -result);
      }
    }
    throw Words.noDirectIo(path);
  }

  private long read(int fd, int length) {
    try (PooledBlock block = io.pool().lend(length)) {
      return io.calls().pread(fd, block.bytes(), 0);
    }
  }
}
