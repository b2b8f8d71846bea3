// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import java.util.Map;

/** The error numbers of Linux that the adapters look at, with their names. */
public final class Errno {

  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int ENXIO = 6;
  public static final int EBADF = 9;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int ENODEV = 19;
  public static final int ENOTDIR = 20;
  public static final int EISDIR = 21;
  public static final int EINVAL = 22;
  public static final int ENFILE = 23;
  public static final int EMFILE = 24;
  public static final int ETXTBSY = 26;
  public static final int EFBIG = 27;
  public static final int ENOSPC = 28;
  public static final int EROFS = 30;
  public static final int EMLINK = 31;
  public static final int ENAMETOOLONG = 36;
  public static final int ENOSYS = 38;
  public static final int ELOOP = 40;
  public static final int EILSEQ = 84;
  public static final int EMSGSIZE = 90;
  public static final int EOPNOTSUPP = 95;
  public static final int ETIMEDOUT = 110;
  public static final int ECONNREFUSED = 111;
  public static final int ESTALE = 116;
  public static final int EDQUOT = 122;

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(EPERM, "EPERM, not permitted"),
          Map.entry(ENOENT, "ENOENT, no such file or directory"),
          Map.entry(ESRCH, "ESRCH, no such process"),
          Map.entry(EINTR, "EINTR, interrupted"),
          Map.entry(EIO, "EIO, input/output error"),
          Map.entry(ENXIO, "ENXIO, no such device"),
          Map.entry(EBADF, "EBADF, bad file descriptor"),
          Map.entry(EAGAIN, "EAGAIN, try again"),
          Map.entry(ENOMEM, "ENOMEM, out of memory"),
          Map.entry(EACCES, "EACCES, permission denied"),
          Map.entry(EBUSY, "EBUSY, busy"),
          Map.entry(EEXIST, "EEXIST, exists already"),
          Map.entry(ENODEV, "ENODEV, no such device"),
          Map.entry(ENOTDIR, "ENOTDIR, not a directory"),
          Map.entry(EISDIR, "EISDIR, is a directory"),
          Map.entry(EINVAL, "EINVAL, invalid argument"),
          Map.entry(ENFILE, "ENFILE, too many open files in the system"),
          Map.entry(EMFILE, "EMFILE, too many open files"),
          Map.entry(ETXTBSY, "ETXTBSY, text file busy"),
          Map.entry(EFBIG, "EFBIG, file too large"),
          Map.entry(ENOSPC, "ENOSPC, no space left"),
          Map.entry(EROFS, "EROFS, read-only file system"),
          Map.entry(EMLINK, "EMLINK, too many links"),
          Map.entry(ENAMETOOLONG, "ENAMETOOLONG, file name too long"),
          Map.entry(ENOSYS, "ENOSYS, not implemented"),
          Map.entry(ELOOP, "ELOOP, too many symbolic links"),
          Map.entry(EILSEQ, "EILSEQ, invalid character"),
          Map.entry(EMSGSIZE, "EMSGSIZE, short transfer"),
          Map.entry(EOPNOTSUPP, "EOPNOTSUPP, not supported"),
          Map.entry(ETIMEDOUT, "ETIMEDOUT, timed out"),
          Map.entry(ESTALE, "ESTALE, stale file handle"),
          Map.entry(EDQUOT, "EDQUOT, disk quota exceeded"));

  private Errno() {}

  /**
   * Name and meaning for messages, e.g. "EIO, input/output error".
   *
   * @param errno positive
   */
  public static String describe(int errno) {
    return NAMES.getOrDefault(errno, "errno " + errno);
  }
}
