// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Transfers on open files. Every result is zero or positive, or the negative errno. Each call may
 * block for ever.
 */
public final class DescriptorCalls {

  private static final NativeFunction PREAD = NativeFunction.named("pread");
  private static final NativeFunction PWRITE = NativeFunction.named("pwrite");
  private static final NativeFunction WRITE = NativeFunction.named("write");
  private static final NativeFunction CLOSE = NativeFunction.named("close");
  private static final NativeFunction IOCTL = NativeFunction.named("ioctl");
  private static final NativeFunction FLOCK = NativeFunction.named("flock");

  /** BLKSSZGET: the logical sector size of a block device. */
  private static final long BLKSSZGET = 0x1268;

  /** BLKGETSIZE64: the size of a block device in bytes. */
  private static final long BLKGETSIZE64 = 0x80081272L;

  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;

  private DescriptorCalls() {}

  /**
   * pread(2). Returns the bytes read.
   *
   * @param into native memory that stays as it is until the call returns, filled as far as the file
   *     goes
   */
  public static long pread(int fd, MemorySegment into, long offset) {
    return PREAD.callLong(fd, into.address(), into.byteSize(), offset);
  }

  /**
   * pwrite(2). Returns the bytes written.
   *
   * @param from native memory that stays as it is until the call returns
   */
  public static long pwrite(int fd, MemorySegment from, long offset) {
    return PWRITE.callLong(fd, from.address(), from.byteSize(), offset);
  }

  /** write(2) of one byte. */
  public static long write(int fd, byte value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cell = arena.allocate(1);
      cell.set(ValueLayout.JAVA_BYTE, 0, value);
      return WRITE.callLong(fd, cell.address(), 1);
    }
  }

  /** close(2). The descriptor is gone whatever the result. */
  public static int close(int fd) {
    return CLOSE.callInt(fd);
  }

  /** Logical sector size of an open block device, in bytes. */
  public static long sectorSize(int blockDevice) {
    return ioctlOut(blockDevice, BLKSSZGET);
  }

  /** Size of an open block device, in bytes. */
  public static long deviceSize(int blockDevice) {
    return ioctlOut(blockDevice, BLKGETSIZE64);
  }

  /**
   * ioctl(2) with a pointer to an int, which the kernel may change.
   *
   * @return that int afterwards, or the negative errno
   */
  public static int ioctlInt(int fd, long request, int value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cell = arena.allocate(ValueLayout.JAVA_INT);
      cell.set(ValueLayout.JAVA_INT, 0, value);
      int result = IOCTL.callInt(fd, request, cell.address());
      return result < 0 ? result : cell.get(ValueLayout.JAVA_INT, 0);
    }
  }

  /** ioctl(2) that writes one little-endian number of at most 8 bytes. */
  private static long ioctlOut(int fd, long request) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
      int result = IOCTL.callInt(fd, request, out.address());
      return result < 0 ? result : out.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /**
   * flock(2), exclusive and without waiting: EAGAIN when another process, or another descriptor,
   * has the lock. The kernel gives it back when the descriptor is closed, so also when the process
   * is killed.
   */
  public static int tryLock(int fd) {
    return FLOCK.callInt(fd, LOCK_EX | LOCK_NB);
  }
}
