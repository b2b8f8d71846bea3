// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.linux.ffi.MemoryCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Page-aligned memory for transfers, in sizes of powers of two from a page to 8 MiB, kept for reuse
 * up to a bound. Thread-safe.
 */
final class BlockPool {

  /** Longest block, the largest lease area (algorithms.md 0.2). */
  static final int MAX_LENGTH = 8 << 20;

  /** Every block is a multiple of this. */
  static final int UNIT = 512;

  private static final int PAGE = 4096;
  private static final int CLASSES = Integer.numberOfTrailingZeros(MAX_LENGTH / PAGE) + 1;

  private final long maxIdleBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<ArrayDeque<Slab>> idle = new ArrayList<>();
  private long idleBytes;

  BlockPool(long maxIdleBytes) {
    this.maxIdleBytes = maxIdleBytes;
    for (int i = 0; i < CLASSES; i++) {
      idle.add(new ArrayDeque<>());
    }
  }

  /** One mapping; unmapped when its arena is closed. */
  record Slab(Arena arena, MemorySegment memory, int sizeClass) {}

  /** Lends zeroed memory. */
  PooledBlock lend(int length) {
    if (length <= 0 || length > MAX_LENGTH || length % UNIT != 0) {
      throw new IllegalArgumentException(
          "a block is a multiple of 512 bytes, at most 8 MiB long, not " + length);
    }
    int sizeClass = sizeClass(length);
    Slab slab = takeIdle(sizeClass);
    if (slab == null) {
      slab = map(sizeClass);
    } else {
      slab.memory.asSlice(0, length).fill((byte) 0);
    }
    return new PooledBlock(this, slab, length);
  }

  private static int sizeClass(int length) {
    int pages = (length + PAGE - 1) / PAGE;
    return Integer.SIZE - Integer.numberOfLeadingZeros(pages - 1);
  }

  private static Slab map(int sizeClass) {
    Arena arena = Arena.ofShared();
    return new Slab(arena, MemoryCalls.pages((long) PAGE << sizeClass, arena), sizeClass);
  }

  private @Nullable Slab takeIdle(int sizeClass) {
    lock.lock();
    try {
      Slab slab = idle.get(sizeClass).pollFirst();
      if (slab != null) {
        idleBytes -= slab.memory.byteSize();
      }
      return slab;
    } finally {
      lock.unlock();
    }
  }

  /** Takes memory back that no transfer uses any more. */
  void giveBack(Slab slab) {
    if (!keep(slab)) {
      slab.arena.close();
    }
  }

  private boolean keep(Slab slab) {
    long size = slab.memory.byteSize();
    lock.lock();
    try {
      if (idleBytes + size > maxIdleBytes) {
        return false;
      }
      idleBytes += size;
      idle.get(slab.sizeClass).addFirst(slab);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Gives all memory that is not lent back to the system. */
  void trim() {
    List<Slab> unused = new ArrayList<>();
    lock.lock();
    try {
      idle.forEach(
          slabs -> {
            unused.addAll(slabs);
            slabs.clear();
          });
      idleBytes = 0;
    } finally {
      lock.unlock();
    }
    unused.forEach(slab -> slab.arena.close());
  }

  /** Bytes kept for reuse. */
  long idleBytes() {
    lock.lock();
    try {
      return idleBytes;
    } finally {
      lock.unlock();
    }
  }
}
