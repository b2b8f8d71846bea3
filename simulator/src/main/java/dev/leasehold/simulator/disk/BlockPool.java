// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.disk;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Memory of finished transfers, for the next ones: a run allocates almost nothing. */
final class BlockPool {

  private static final int MOST_KEPT = 16;

  private final Map<Integer, Deque<byte[]>> free = new HashMap<>();

  byte[] take(int length) {
    Deque<byte[]> kept = free.get(length);
    byte[] memory = kept == null ? null : kept.poll();
    if (memory == null) {
      return new byte[length];
    }
    Arrays.fill(memory, (byte) 0);
    return memory;
  }

  void give(byte[] memory) {
    Deque<byte[]> kept = free.computeIfAbsent(memory.length, length -> new ArrayDeque<>());
    if (kept.size() < MOST_KEPT) {
      kept.push(memory);
    }
  }
}
