// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.storage.StorageException;

/** Errors of files in words: what is wrong with which path, and what to do. */
final class Words {

  /** Longer paths are shortened in messages. */
  private static final int SHOWN = 200;

  private Words() {}

  /** A path as it may stand in a message: control characters escaped, and not too long. */
  static String quote(String path) {
    StringBuilder shown = new StringBuilder();
    path.codePoints()
        .limit(SHOWN)
        .forEach(
            c -> {
              if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                shown.append(String.format("\\u%04x", c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    if (path.codePointCount(0, path.length()) > SHOWN) {
      shown.append("… (").append(path.length()).append(" characters)");
    }
    return shown.toString();
  }

  /**
   * What the kernel said.
   *
   * @param cannot e.g. "cannot be opened"
   */
  static StorageException failed(String path, String cannot, int errno) {
    return of(errno, path, cannot + " (" + Errno.describe(errno) + ")" + remedy(errno));
  }

  static StorageException of(int errno, String path, String message) {
    return new StorageException(errno, path, quote(path) + ": " + message);
  }

  /**
   * The deadline passed.
   *
   * @param cannot as above
   */
  static StorageException timedOut(String path, String cannot) {
    return of(
        StorageException.TIMED_OUT,
        path,
        cannot + " in time: its storage hangs or is slow; it may still take effect");
  }

  static StorageException noDirectIo(String path) {
    return of(
        Errno.EINVAL,
        path,
        "its file system does not do direct I/O, which leases need to reach the storage past every"
            + " cache; put it on a file system that does, such as ext4, XFS or NFS");
  }

  private static String remedy(int errno) {
    return switch (errno) {
      case Errno.ENOENT -> ": create it, or correct the path";
      case Errno.ENOTDIR -> ": a part of the path is a file; correct the path";
      case Errno.EISDIR -> ": name a file or block device";
      case Errno.EACCES, Errno.EPERM ->
          ": give this user access to it and to the directories above it";
      case Errno.EROFS -> ": mount the file system read-write";
      case Errno.ELOOP -> ": correct the symbolic links";
      case Errno.ENAMETOOLONG -> ": a path has at most 4095 bytes, and 255 between two slashes";
      case Errno.EMFILE -> ": raise the limit of open files (ulimit -n, LimitNOFILE=)";
      case Errno.ENFILE -> ": raise the sysctl fs.file-max";
      case Errno.ENOSPC, Errno.EDQUOT -> ": free some space on its file system";
      case Errno.EFBIG -> ": raise the limit of file size (ulimit -f)";
      case Errno.ESTALE -> ": it was removed on the server; open it anew, or mount it again";
      case Errno.EIO -> ": look at the storage and at the kernel log";
      case Errno.ENOMEM -> ": free some memory";
      default -> "";
    };
  }
}
