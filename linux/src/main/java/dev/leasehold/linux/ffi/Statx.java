// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** statx(2): its struct is the same on every processor, unlike that of fstat. */
public final class Statx {

  private static final NativeFunction STATX = NativeFunction.named("statx");

  private static final int AT_FDCWD = -100;
  private static final int AT_EMPTY_PATH = 0x1000;

  private static final int STATX_BASIC_STATS = 0x7FF;
  private static final int STATX_DIOALIGN = 0x2000;

  private static final long SIZE = 256;

  private Statx() {}

  /** How old an answer may be on a network file system. */
  public enum Freshness {
    /** As stat(2): attributes that the host has in its cache will do. */
    CACHED(0),
    /** AT_STATX_FORCE_SYNC: the server is asked. */
    FRESH(0x2000);

    private final int flag;

    Freshness(int flag) {
      this.flag = flag;
    }
  }

  /** Of an open file. */
  public static StatResult ofDescriptor(int fd, Freshness freshness) {
    return statx(fd, "", AT_EMPTY_PATH | freshness.flag);
  }

  /** Of what a path leads to, symbolic links followed. */
  public static StatResult ofPath(String path, Freshness freshness) {
    return statx(AT_FDCWD, path, freshness.flag);
  }

  private static StatResult statx(int directory, String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(SIZE, Long.BYTES);
      int result =
          STATX.callInt(
              directory,
              NativeText.of(arena, path),
              flags,
              STATX_BASIC_STATS | STATX_DIOALIGN,
              out.address());
      return result < 0 ? new StatResult.Failed(-result) : new StatResult.Ok(decode(out));
    }
  }

  private static FileStatus decode(MemorySegment statx) {
    boolean tellsAlign = (statx.get(JAVA_INT, 0) & STATX_DIOALIGN) != 0;
    return new FileStatus(
        Short.toUnsignedInt(statx.get(JAVA_SHORT, 28)),
        unsigned(statx, 16),
        unsigned(statx, 136) << 32 | unsigned(statx, 140),
        statx.get(JAVA_LONG, 32),
        statx.get(JAVA_LONG, 40),
        tellsAlign ? unsigned(statx, 156) : FileStatus.UNKNOWN);
  }

  private static long unsigned(MemorySegment statx, long offset) {
    return Integer.toUnsignedLong(statx.get(JAVA_INT, offset));
  }
}
