// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SeenAreaTest {
  private static final int SECTOR = 512;
  private static final int LENGTH = 2000 * SECTOR; // no multiple of the chunks

  private final byte[] bytes = new byte[1 << 20];
  private final MemorySegment area = MemorySegment.ofArray(bytes);
  private final SeenArea seen = new SeenArea(LENGTH);

  /** Sectors in which a look finds a difference, as the host status table looks. */
  private TreeSet<Long> look() {
    TreeSet<Long> sectors = new TreeSet<>();
    long at = seen.differsFrom(area, 0);
    while (at >= 0) {
      sectors.add(at / SECTOR);
      at = seen.differsFrom(area, (at / SECTOR + 1) * SECTOR);
    }
    seen.update(area);
    return sectors;
  }

  @Test
  void everythingIsNewAtFirstEvenZeros() {
    assertThat(look()).hasSize(2000);
    assertThat(look()).isEmpty();
  }

  @Test
  void anyChangeIsFoundOnceAndNothingElse() {
    long seed = 20261122;
    Random random = new Random(seed);
    look();
    for (int round = 0; round < 2000; round++) {
      TreeSet<Long> expected = new TreeSet<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        // Often the same few places, so that chunks become alike and differ again.
        int at = random.nextBoolean() ? random.nextInt(LENGTH) : random.nextInt(5) * 20_000;
        byte value = (byte) random.nextInt(2);
        byte[] sector = Arrays.copyOfRange(bytes, at / SECTOR * SECTOR, LENGTH);
        if (sector[at % SECTOR] != value && expected.add((long) at / SECTOR)) {
          bytes[at] = value;
        }
      }
      assertThat(look()).as("seed %d, round %d", seed, round).isEqualTo(expected);
    }
  }

  @Test
  void whatIsBehindTheLastHostIsNotLookedAt() {
    look();
    bytes[LENGTH] = 1;
    assertThat(look()).isEmpty();
  }

  @Test
  void anAreaThatFewUseTakesLittleMemory() {
    look();
    for (int host = 0; host < 10; host++) {
      bytes[host * SECTOR + 7] = 1;
      look();
    }
    assertThat(seen.keptBytes()).isLessThanOrEqualTo(3 * SeenArea.CHUNK);
  }
}
