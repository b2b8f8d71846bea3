// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.linux.ffi.DescriptorCalls;
import dev.leasehold.linux.ffi.FileSystemCalls;
import dev.leasehold.linux.ffi.StatResult;
import dev.leasehold.linux.ffi.Statx;
import dev.leasehold.linux.ffi.Statx.Freshness;
import java.lang.foreign.MemorySegment;

/** The real ones; a test overrides some. */
class KernelFileCalls implements FileCalls {

  @Override
  public int open(String path, int flags, int mode) {
    return FileSystemCalls.open(path, flags, mode);
  }

  @Override
  public int close(int fd) {
    return DescriptorCalls.close(fd);
  }

  @Override
  public long pread(int fd, MemorySegment into, long offset) {
    return DescriptorCalls.pread(fd, into, offset);
  }

  @Override
  public long pwrite(int fd, MemorySegment from, long offset) {
    return DescriptorCalls.pwrite(fd, from, offset);
  }

  @Override
  public StatResult status(int fd, Freshness freshness) {
    return Statx.ofDescriptor(fd, freshness);
  }

  @Override
  public StatResult statusOf(String path, Freshness freshness) {
    return Statx.ofPath(path, freshness);
  }

  @Override
  public long sectorSize(int fd) {
    return DescriptorCalls.sectorSize(fd);
  }

  @Override
  public int fallocate(int fd, long size) {
    return FileSystemCalls.fallocate(fd, size);
  }

  @Override
  public int setMode(int fd, int mode) {
    return FileSystemCalls.fchmod(fd, mode);
  }

  @Override
  public int setOwner(int fd, int uid, int gid) {
    return FileSystemCalls.fchown(fd, uid, gid);
  }

  @Override
  public int sync(int fd) {
    return FileSystemCalls.fsync(fd);
  }

  @Override
  public int link(String existing, String name) {
    return FileSystemCalls.link(existing, name);
  }

  @Override
  public int unlink(String path) {
    return FileSystemCalls.unlink(path);
  }

  @Override
  public int renameNoReplace(String from, String to) {
    return FileSystemCalls.renameNoReplace(from, to);
  }

  @Override
  public long entries(int fd, MemorySegment buffer) {
    return FileSystemCalls.getdents(fd, buffer);
  }
}
