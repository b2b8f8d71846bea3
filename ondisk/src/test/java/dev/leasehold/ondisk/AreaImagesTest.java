// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The images are, byte for byte, what the real program initialised. */
class AreaImagesTest {
  private static final Name LS0 = Name.of("LS0");
  private static final Name RES1 = Name.of("RES1");
  private static final Map<String, Geometry> GEOMETRIES =
      Map.of(
          "512_1M", Geometry.SECTOR_512,
          "4096_1M", Geometry.SECTOR_4K_1M,
          "4096_2M", Geometry.SECTOR_4K_2M,
          "4096_4M", Geometry.SECTOR_4K_4M,
          "4096_8M", Geometry.SECTOR_4K_8M);

  private static void assertSame(AreaImage image, Golden.GoldenFile file) {
    int length = image.geometry().alignSize();
    MemorySegment written = MemorySegment.ofArray(new byte[length + 4096]);
    written.fill((byte) 0x5A);
    image.writeTo(written, 4096);
    MemorySegment expected = file.image(length);
    Bytes.zero(
        expected, image.geometry().requestOffset() + 20, file.kind().equals("resource") ? 4 : 0);
    assertThat(written.asSlice(4096).mismatch(expected)).as(file.name()).isEqualTo(-1);
    assertThat(Bytes.u64(written, 4088)).as("nothing before it").isEqualTo(0x5A5A5A5A5A5A5A5AL);
    MemorySegment pieced = MemorySegment.ofArray(new byte[length]);
    image
        .pieces()
        .forEach(
            (at, piece) ->
                MemorySegment.copy(MemorySegment.ofArray(piece), 0, pieced, at, piece.length));
    assertThat(pieced.mismatch(expected)).as("pieces of " + file.name()).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({"512_1M", "4096_1M", "4096_2M", "4096_4M", "4096_8M"})
  void lockspacesAndResourcesOfEverySize(String size) {
    Geometry geometry = GEOMETRIES.get(size);
    assertSame(AreaImages.lockspace(LS0, geometry, 10), Golden.file("ls_init_" + size + ".hex"));
    assertSame(
        AreaImages.resource(LS0, RES1, geometry, 0), Golden.file("res_init_" + size + ".hex"));
  }

  @Test
  void longNamesAndOtherNumbers() {
    Golden.GoldenFile lockspace = Golden.file("ls_init_name48_iot300.hex");
    Name space = lockspace.leader(0).spaceName();
    assertThat(space.length()).isEqualTo(48);
    assertSame(AreaImages.lockspace(space, Geometry.SECTOR_512, 300), lockspace);

    Golden.GoldenFile resource = Golden.file("res_init_name48_nh8.hex");
    LeaderRecord leader = resource.leader(0);
    assertSame(
        AreaImages.resource(leader.spaceName(), leader.resourceName(), Geometry.SECTOR_512, 8),
        resource);
  }

  @Test
  void aClearedResource() {
    Golden.GoldenFile cleared = Golden.file("res_init_clear.hex");
    long now = cleared.leader(0).writeTimestamp();
    assertThat(now).isPositive();
    assertSame(AreaImages.clearedResource(LS0, RES1, Geometry.SECTOR_512, 0, now), cleared);
  }

  @Test
  void clearingForgetsOwnerAndVersion() {
    LeaderRecord owned = Golden.file("res_ex_reacquired.hex").leader(0);
    LeaderRecord cleared = Golden.file("res_init_clear.hex").leader(0);
    assertThat(owned.lver()).isEqualTo(2);
    assertThat(owned.cleared(cleared.writeTimestamp())).isEqualTo(cleared);
  }

  @Test
  void aLockspaceIsNoneBeforeTheSecondStep() {
    AreaImage whole = AreaImages.lockspace(LS0, Geometry.SECTOR_4K_1M, 10);
    MemorySegment area = MemorySegment.ofArray(new byte[Geometry.SECTOR_4K_1M.alignSize()]);
    AreaImages.lockspaceFirstStep(LS0, Geometry.SECTOR_4K_1M, 10).writeTo(area, 0);
    LeaderRecord first = LeaderRecord.decode(area, 0);
    assertThat(first.magic()).isZero();
    assertThat(first.checksum()).isEqualTo(first.computeChecksum());
    assertThatThrownBy(() -> first.verifyLockspaceSizes(1))
        .isInstanceOfSatisfying(
            LeaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEADER_MAGIC));

    MemorySegment.copy(whole.extents().getFirst().content(), 0, area, 0, 4096);
    MemorySegment expected = MemorySegment.ofArray(new byte[Geometry.SECTOR_4K_1M.alignSize()]);
    whole.writeTo(expected, 0);
    assertThat(area.mismatch(expected)).isEqualTo(-1);
  }

  @Test
  void bornHeldIsWhatTheFirstAcquireLeaves() {
    Golden.GoldenFile held = Golden.file("res_ex_host1.hex");
    LeaderRecord leader = held.leader(0);
    assertThat(leader.timestamp()).isEqualTo(leader.writeTimestamp());
    assertSame(
        AreaImages.heldResource(
            LS0, RES1, Geometry.SECTOR_512, 0, 1, leader.ownerGeneration(), leader.timestamp()),
        held);
    assertThatThrownBy(() -> AreaImages.heldResource(LS0, RES1, Geometry.SECTOR_512, 8, 9, 1, 100))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> AreaImages.heldResource(LS0, RES1, Geometry.SECTOR_512, 8, 8, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aResourceIndexAndItsPrivateLease() throws LeaseException {
    assertIndex("rindex_format.hex", LS0, Geometry.SECTOR_512, 8L << 20);
    assertIndex("rindex_format_4096_1M.hex", Name.of("LS4K"), Geometry.SECTOR_4K_1M, 1L << 20);
  }

  private static void assertIndex(String name, Name space, Geometry geometry, long offset)
      throws LeaseException {
    MemorySegment expected = Golden.file(name).image(2 * geometry.alignSize());
    Bytes.zero(expected, geometry.alignSize() + geometry.requestOffset() + 20, 4);
    MemorySegment written = MemorySegment.ofArray(new byte[2 * geometry.alignSize()]);
    AreaImages.resourceIndex(RindexHeader.fresh(space, geometry, 0, offset)).writeTo(written, 0);
    AreaImages.resource(space, ResourceIndex.LEASE_NAME, geometry, 0)
        .writeTo(written, geometry.alignSize());
    assertThat(written.mismatch(expected)).as(name).isEqualTo(-1);
  }

  @Test
  void extentsCannotBeChanged() {
    AreaImage image = AreaImages.resource(LS0, RES1, Geometry.SECTOR_512, 0);
    MemorySegment content = image.extents().getFirst().content();
    assertThatThrownBy(() -> content.fill((byte) 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
