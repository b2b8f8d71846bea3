// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.area;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LockspaceImageTest {
  private static final Name SPACE = Name.of(LeaseDirectory.LOCKSPACE);

  static Set<Geometry> geometries() {
    return Set.of(Geometry.SECTOR_512, Geometry.SECTOR_4K_1M);
  }

  /** Nothing that was used or damaged is passed over, wherever it is; nothing else is listed. */
  @ParameterizedTest
  @MethodSource("geometries")
  void findsExactlyWhatIsNotFresh(Geometry geometry) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      MemorySegment area = MemorySegment.ofArray(new byte[geometry.alignSize()]);
      AreaImages.lockspace(SPACE, geometry, 10).writeTo(area, 0);
      Set<Long> wanted = new TreeSet<>();
      for (int i = random.nextInt(8); i > 0; i--) {
        long id = pick(random, geometry);
        long at = geometry.deltaOffset(id);
        if (random.nextInt(4) == 0) {
          area.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at + 60, (byte) 0x55);
        } else {
          LeaderRecord.freshDelta(SPACE, geometry, 10)
              .deltaAcquired(id, Name.of("host"), 5, 10)
              .encode(area, at);
        }
        wanted.add(id);
      }
      LockspaceImage image = new LockspaceImage(area, geometry);
      assertThat(image.used())
          .as("seed %d round %d", seed, round)
          .extracting(LockspaceImage.Slot::hostId)
          .containsExactlyElementsOf(wanted);
    }
  }

  /** The edges more often than the rest. */
  private static long pick(Random random, Geometry geometry) {
    return switch (random.nextInt(4)) {
      case 0 -> 1 + random.nextInt(3);
      case 1 -> geometry.maxHosts() - random.nextInt(3);
      default -> 1 + random.nextInt(geometry.maxHosts());
    };
  }
}
