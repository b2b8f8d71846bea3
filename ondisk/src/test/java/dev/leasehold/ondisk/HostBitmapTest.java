// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostBitmapTest {
  /** The examples of docs/spec/ondisk.md 5.5. */
  @ParameterizedTest
  @CsvSource({"1,256,0x01", "8,256,0x80", "9,257,0x01", "2000,505,0x80"})
  void bitsAreWhereTheSpecificationHasThem(long host, int at, String mask) {
    MemorySegment sector = MemorySegment.ofArray(new byte[512]);
    HostBitmap.EMPTY.with(host).encode(sector, 0);
    byte[] expected = new byte[512];
    expected[at] = Integer.decode(mask).byteValue();
    assertThat(sector.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
    assertThat(HostBitmap.contains(sector, 0, host)).isTrue();
  }

  @Test
  void isASet() {
    SplittableRandom random = Seeds.random("bitmap");
    Set<Long> model = new HashSet<>();
    HostBitmap bitmap = HostBitmap.EMPTY;
    MemorySegment sector = MemorySegment.ofArray(new byte[1024]);
    for (int round = 0; round < 500; round++) {
      long host = 1 + random.nextInt(HostBitmap.MAX_HOST_ID);
      if (random.nextBoolean()) {
        model.add(host);
        bitmap = bitmap.with(host);
      } else {
        model.remove(host);
        bitmap = bitmap.without(host);
      }
      bitmap.encode(sector, 512);
      assertThat(HostBitmap.decode(sector, 512)).isEqualTo(bitmap).hasSameHashCodeAs(bitmap);
      assertThat(HostBitmap.contains(sector, 512, host)).isEqualTo(model.contains(host));
    }
    assertThat(bitmap.hostIds().boxed()).containsExactlyInAnyOrderElementsOf(model);
    assertThat(bitmap).isEqualTo(HostBitmap.of(model));
    assertThat(bitmap.size()).isEqualTo(model.size());
    assertThat(bitmap.isEmpty()).isFalse();
    assertThat(HostBitmap.EMPTY.isEmpty()).isTrue();
  }

  @Test
  void refusesWhatHasNoBit() {
    for (long wrong : new long[] {0, 2049, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      Faults.assertRefused(() -> HostBitmap.EMPTY.with(wrong));
      Faults.assertRefused(() -> HostBitmap.EMPTY.contains(wrong));
      Faults.assertRefused(() -> HostBitmap.of(List.of(wrong)));
    }
  }

  @Test
  void inWords() {
    assertThat(HostBitmap.EMPTY).hasToString("{}");
    assertThat(HostBitmap.of(List.of(1L, 3L, 4L, 5L, 2048L))).hasToString("{1,3..5,2048}");
  }
}
