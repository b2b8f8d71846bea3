// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Names, sizes and owners of files. Every result is zero or positive, or the negative errno. Each
 * call may block for ever.
 */
public final class FileSystemCalls {

  private static final NativeFunction OPEN = NativeFunction.named("open");
  private static final NativeFunction FALLOCATE = NativeFunction.named("fallocate");
  private static final NativeFunction FCHMOD = NativeFunction.named("fchmod");
  private static final NativeFunction FCHOWN = NativeFunction.named("fchown");
  private static final NativeFunction FSYNC = NativeFunction.named("fsync");
  private static final NativeFunction LINK = NativeFunction.named("link");
  private static final NativeFunction UNLINK = NativeFunction.named("unlink");
  private static final NativeFunction RENAMEAT2 = NativeFunction.named("renameat2");
  private static final NativeFunction GETDENTS64 = NativeFunction.named("getdents64");

  private static final int AT_FDCWD = -100;
  private static final int RENAME_NOREPLACE = 1;

  private FileSystemCalls() {}

  /** open(2). Returns the descriptor. */
  public static int open(String path, int flags, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      return OPEN.callInt(NativeText.of(arena, path), flags, mode);
    }
  }

  /** fallocate(2) with mode 0: space for bytes 0 to {@code size}, which becomes the file's size. */
  public static int fallocate(int fd, long size) {
    return FALLOCATE.callInt(fd, 0, 0, size);
  }

  /** fchmod(2). */
  public static int fchmod(int fd, int mode) {
    return FCHMOD.callInt(fd, mode);
  }

  /** fchown(2); -1 leaves an id as it is. */
  public static int fchown(int fd, int uid, int gid) {
    return FCHOWN.callInt(fd, uid, gid);
  }

  /** fsync(2): data and metadata of a file, or the entries of a directory, to stable storage. */
  public static int fsync(int fd) {
    return FSYNC.callInt(fd);
  }

  /** link(2): a further name for an existing file; fails with EEXIST where the name is taken. */
  public static int link(String existing, String name) {
    try (Arena arena = Arena.ofConfined()) {
      return LINK.callInt(NativeText.of(arena, existing), NativeText.of(arena, name));
    }
  }

  /** unlink(2). */
  public static int unlink(String path) {
    try (Arena arena = Arena.ofConfined()) {
      return UNLINK.callInt(NativeText.of(arena, path));
    }
  }

  /** renameat2(2) with RENAME_NOREPLACE: fails with EEXIST where the new name is taken. */
  public static int renameNoReplace(String from, String to) {
    try (Arena arena = Arena.ofConfined()) {
      return RENAMEAT2.callInt(
          AT_FDCWD,
          NativeText.of(arena, from),
          AT_FDCWD,
          NativeText.of(arena, to),
          RENAME_NOREPLACE);
    }
  }

  /**
   * getdents64(2): the next entries of an open directory, as {@code struct linux_dirent64}.
   *
   * @return bytes filled, 0 at the end
   */
  public static long getdents(int fd, MemorySegment buffer) {
    return GETDENTS64.callLong(fd, buffer.address(), buffer.byteSize());
  }
}
