// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Outcome;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** What the tests of this package share. */
final class Samples {

  /** Never reached where things work. */
  static final Duration LONG = Duration.ofSeconds(50);

  /** Always reached where things hang. */
  static final Duration SHORT = Duration.ofMillis(10);

  static final int MIB = 1 << 20;

  private Samples() {}

  static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  /** A file of 1 MiB. */
  static NewFile file(Map<Long, byte[]> pieces) {
    return new NewFile(MIB, new TreeMap<>(pieces), 0600, OptionalInt.empty(), OptionalInt.empty());
  }

  static void write(BlockStore store, long offset, byte[] bytes) {
    try (Block block = store.block(bytes.length)) {
      block.bytes().copyFrom(MemorySegment.ofArray(bytes));
      assertThat(store.write(offset, block, LONG)).isEqualTo(Outcome.Done.DONE);
    }
  }

  static byte[] read(BlockStore store, long offset, int length) {
    try (Block block = store.block(length)) {
      assertThat(store.read(offset, block, LONG)).isEqualTo(Outcome.Done.DONE);
      return block.bytes().toArray(ValueLayout.JAVA_BYTE);
    }
  }

  /** Waits for what another thread is about to do. */
  static void until(BooleanSupplier holds) {
    long end = System.nanoTime() + LONG.toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("waited too long").isNegative();
      Thread.onSpinWait();
    }
  }
}
