// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory outside the Java heap. */
public final class MemoryCalls {

  private static final NativeFunction MMAP = NativeFunction.named("mmap");
  private static final NativeFunction MUNMAP = NativeFunction.named("munmap");
  private static final NativeFunction MADVISE = NativeFunction.named("madvise");
  private static final NativeFunction MLOCKALL = NativeFunction.named("mlockall");

  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_DONTFORK = 10;
  private static final int MCL_CURRENT = 1;
  private static final int MCL_ONFAULT = 4;

  private MemoryCalls() {}

  /**
   * mmap(2) of private zeroed pages, aligned to at least 4096 bytes, that no forked child shares: a
   * fork during a direct read could otherwise leave the data in the child's copy of the page.
   *
   * @param arena gives the pages back to the system when it is closed
   * @throws OutOfMemoryError if there is no memory
   */
  @SuppressWarnings("restricted") // gives the mapping its length and lifetime
  public static MemorySegment pages(long size, Arena arena) {
    long address = MMAP.callLong(0, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
    if (address < 0) {
      throw new OutOfMemoryError("no memory for a transfer of " + size + " bytes");
    }
    MADVISE.callInt(address, size, MADV_DONTFORK);
    return MemorySegment.ofAddress(address)
        .reinterpret(size, arena, mapping -> MUNMAP.callInt(mapping.address(), size));
  }

  /**
   * mlockall(2) with MCL_CURRENT and MCL_ONFAULT: pages of today's mappings stay in memory once
   * they are there.
   *
   * @return 0 or the negative errno
   */
  public static int lockAllOnFault() {
    return MLOCKALL.callInt(MCL_CURRENT | MCL_ONFAULT);
  }
}
