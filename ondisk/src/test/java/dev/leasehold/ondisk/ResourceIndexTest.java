// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class ResourceIndexTest {
  private static final Name LS0 = Name.of("LS0");
  private static final Geometry G = Geometry.SECTOR_512;
  private static final long RX = 8L << 20;

  private static MemorySegment image(String name) {
    return Golden.file(name).image(G.alignSize());
  }

  @Test
  void theRecordedIndexIsRead() throws LeaseException {
    ResourceIndex index = new ResourceIndex(image("rindex_3created.hex"), LS0, RX);
    assertThat(index.capacity()).isEqualTo(4096);
    assertThat(index.geometry()).isEqualTo(G);
    assertThat(index.leaseOffset()).isEqualTo(9L << 20);
    assertThat(index.find(Name.of("one"))).hasValue(0);
    assertThat(index.find(Name.of("three"))).hasValue(2);
    assertThat(index.find(Name.of("four"))).isEmpty();
    assertThat(index.find(Name.EMPTY)).isEmpty();
    assertThat(index.lowestFree()).hasValue(3);
    for (int i = 0; i < 3; i++) {
      assertThat(index.entry(i).resOffset()).isEqualTo(index.resourceOffset(i));
      assertThat(index.entryAt(index.resourceOffset(i))).isEqualTo(i);
    }
  }

  @Test
  void creatingAndDeletingGiveTheRecordedBytes() throws LeaseException {
    MemorySegment area = image("rindex_format.hex");
    ResourceIndex index = new ResourceIndex(area, LS0, RX);
    for (String name : new String[] {"one", "two", "three"}) {
      int entry = index.lowestFree().orElseThrow();
      index.put(entry, RindexEntry.of(index.resourceOffset(entry), Name.of(name)));
    }
    assertThat(area.mismatch(image("rindex_3created.hex"))).isEqualTo(-1);
    index.put(index.find(Name.of("two")).orElseThrow(), RindexEntry.FREE);
    assertThat(area.mismatch(image("rindex_deleted.hex"))).isEqualTo(-1);
    assertThat(index.lowestFree()).hasValue(1);
    index.clear();
    assertThat(area.mismatch(image("rindex_format.hex"))).isEqualTo(-1);
  }

  @Test
  void headerChecksComeInOrder() {
    RindexHeader good = RindexHeader.fresh(LS0, G, 0, RX);
    int magic = RindexHeader.MAGIC;
    int version = RindexHeader.VERSION;
    Name other = Name.of("other");
    assertThat(code(new RindexHeader(0, 0, 1, 512, 0, 0, 1, other)))
        .isEqualTo(ErrorCode.RINDEX_MAGIC);
    assertThat(code(new RindexHeader(magic, 0x00020002, 1, 512, 0, 0, 1, other)))
        .isEqualTo(ErrorCode.RINDEX_VERSION);
    assertThat(code(new RindexHeader(magic, version, 1, 512, 0, 0, 1, other)))
        .isEqualTo(ErrorCode.RINDEX_LOCKSPACE);
    assertThat(code(new RindexHeader(magic, version, 1, 512, 0, 0, 1, LS0)))
        .isEqualTo(ErrorCode.RINDEX_OFFSET);
    assertThat(code(good)).isEqualTo(ErrorCode.OK);
    assertThat(code(new RindexHeader(magic, 0x0001FFFF, 1, 512, 7, 9, RX, LS0)))
        .isEqualTo(ErrorCode.OK);
    // Beyond sanlock: a flag that is not an align size, and sizes that do not exist.
    assertThat(code(new RindexHeader(magic, version, 0x11, 512, 0, 0, RX, LS0)))
        .isEqualTo(ErrorCode.RINDEX_VERSION);
    assertThat(code(new RindexHeader(magic, version, 0, 512, 0, 0, RX, LS0)))
        .isEqualTo(ErrorCode.EINVAL);
    assertThat(code(new RindexHeader(magic, version, 2, 512, 0, 0, RX, LS0)))
        .isEqualTo(ErrorCode.EINVAL);
    assertThat(code(new RindexHeader(magic, version, 1, 1024, 0, 0, RX, LS0)))
        .isEqualTo(ErrorCode.EINVAL);
  }

  private static ErrorCode code(RindexHeader header) {
    MemorySegment area = MemorySegment.ofArray(new byte[G.alignSize()]);
    header.encode(area, 0);
    assertThat(RindexHeader.decode(area, 0)).isEqualTo(header);
    return Faults.of(() -> new ResourceIndex(area, LS0, RX));
  }

  @Test
  void limits() throws LeaseException {
    assertThat(RindexHeader.fresh(LS0, G, 0, 0).maxResources()).isEqualTo(4096);
    assertThat(RindexHeader.fresh(LS0, G, 99_999, 0).maxResources()).isEqualTo(16_000);
    assertThat(RindexHeader.resourceLimit(Geometry.SECTOR_4K_1M)).isEqualTo(16_000);
    assertThat(RindexHeader.resourceLimit(Geometry.SECTOR_4K_2M)).isEqualTo(32_000);
    assertThat(RindexHeader.resourceLimit(Geometry.SECTOR_4K_4M)).isEqualTo(64_000);
    assertThat(RindexHeader.fresh(LS0, Geometry.SECTOR_4K_8M, 1 << 30, 0).maxResources())
        .isEqualTo(128_000);
    Faults.assertRefused(() -> RindexHeader.fresh(LS0, G, -1, 0));
    Faults.assertRefused(() -> RindexHeader.fresh(Name.of("x".repeat(48)), G, 0, 0));

    for (int stored : new int[] {0, -1, 16_001}) {
      assertThat(index(stored).capacity()).isEqualTo(16_000);
    }
    ResourceIndex full = index(0);
    assertThat(full.entryOffset(15_999) + RindexEntry.SIZE).isLessThanOrEqualTo(G.alignSize());
    for (int i = 0; i < full.capacity(); i++) {
      full.put(i, RindexEntry.of(1, Name.of("r" + i)));
    }
    assertThat(full.lowestFree()).isEmpty();
    assertThat(full.find(Name.of("r15999"))).hasValue(15_999);
  }

  private static ResourceIndex index(int maxResources) throws LeaseException {
    MemorySegment area = MemorySegment.ofArray(new byte[G.alignSize()]);
    new RindexHeader(RindexHeader.MAGIC, RindexHeader.VERSION, 1, 512, maxResources, 0, RX, LS0)
        .encode(area, 0);
    return new ResourceIndex(area, LS0, RX);
  }

  @Test
  void placesOfEntries() throws LeaseException {
    ResourceIndex index = index(100);
    assertThat(index.entryOffset(0)).isEqualTo(512);
    assertThat(index.entryOffset(9)).isEqualTo(512 + 9 * 64);
    assertThat(index.entrySectorOffset(7)).isEqualTo(512);
    assertThat(index.entrySectorOffset(8)).isEqualTo(1024);
    assertThat(index.resourceOffset(0)).isEqualTo(RX + (2L << 20));
    Faults.assertRefused(() -> index.entry(100));
    Faults.assertRefused(() -> index.entry(-1));
    Faults.assertRefused(() -> index.resourceOffset(100));
    assertThat(Faults.of(() -> index.entryAt(index.resourceOffset(3) + 512)))
        .isEqualTo(ErrorCode.RINDEX_OFFSET);
    long align = G.alignSize();
    for (long outside :
        new long[] {0, RX, RX + align, index.resourceOffset(99) + align, Long.MIN_VALUE}) {
      assertThat(Faults.of(() -> index.entryAt(outside))).isEqualTo(ErrorCode.EINVAL);
    }
    assertThat(index.entryAt(index.resourceOffset(99))).isEqualTo(99);
  }

  @Test
  void anEntryIsFreeByOffsetAndFirstByte() {
    assertThat(new RindexEntry(0, 7, 8, Name.EMPTY).isFree()).isTrue();
    assertThat(new RindexEntry(1, 0, 0, Name.EMPTY).isFree()).isFalse();
    assertThat(new RindexEntry(0, 0, 0, Name.of("x")).isFree()).isFalse();
  }

  @Test
  void aSegmentThatIsTooShortIsRefused() {
    MemorySegment area = image("rindex_format.hex").asSlice(0, 4096);
    Faults.assertRefused(() -> new ResourceIndex(area, LS0, RX));
  }
}
