// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.linux.ffi.StatResult;
import dev.leasehold.linux.ffi.Statx.Freshness;
import java.lang.foreign.MemorySegment;

/**
 * The system calls of this package, so that a test can let them hang, fail and be late. Each may
 * block for ever; each result is zero or positive, or the negative errno.
 */
interface FileCalls {

  int open(String path, int flags, int mode);

  int close(int fd);

  long pread(int fd, MemorySegment into, long offset);

  long pwrite(int fd, MemorySegment from, long offset);

  /** Of an open file. */
  StatResult status(int fd, Freshness freshness);

  /** Of what a path leads to. */
  StatResult statusOf(String path, Freshness freshness);

  /** Logical sector size of an open block device. */
  long sectorSize(int fd);

  int fallocate(int fd, long size);

  int setMode(int fd, int mode);

  /** -1 leaves an id as it is. */
  int setOwner(int fd, int uid, int gid);

  int sync(int fd);

  int link(String existing, String name);

  int unlink(String path);

  int renameNoReplace(String from, String to);

  /** Next entries of an open directory as {@code struct linux_dirent64}; 0 at the end. */
  long entries(int fd, MemorySegment buffer);
}
