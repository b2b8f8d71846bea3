// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.leasehold.linux.ffi.OpenFlags;
import dev.leasehold.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Lists a directory; may hang. */
final class DirectoryReader {

  private static final String LIST = "cannot be listed";
  private static final int BUFFER = 32 * 1024;

  // struct linux_dirent64, see getdents64(2).
  private static final long RECORD_LENGTH = 16;
  private static final long NAME = 19;

  private final IoContext io;

  DirectoryReader(IoContext io) {
    this.io = io;
  }

  List<String> list(String directory) throws StorageException {
    int fd =
        io.calls()
            .open(
                directory, OpenFlags.READ_ONLY | OpenFlags.DIRECTORY | OpenFlags.CLOSE_ON_EXEC, 0);
    if (fd < 0) {
      throw Words.failed(directory, LIST, -fd);
    }
    try (PooledBlock buffer = io.pool().lend(BUFFER)) {
      return read(directory, fd, buffer.bytes());
    } finally {
      io.calls().close(fd);
    }
  }

  private List<String> read(String directory, int fd, MemorySegment buffer)
      throws StorageException {
    List<String> names = new ArrayList<>();
    long filled = io.calls().entries(fd, buffer);
    while (filled > 0) {
      for (long at = 0; at < filled; at += recordLength(buffer, at)) {
        String name = buffer.getString(at + NAME, StandardCharsets.UTF_8);
        if (!name.equals(".") && !name.equals("..")) {
          names.add(name);
        }
      }
      filled = io.calls().entries(fd, buffer);
    }
    if (filled < 0) {
      throw Words.failed(directory, LIST, (int) -filled);
    }
    return names;
  }

  private static int recordLength(MemorySegment buffer, long at) {
    return Short.toUnsignedInt(buffer.get(JAVA_SHORT_UNALIGNED, at + RECORD_LENGTH));
  }
}
