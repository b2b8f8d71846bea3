// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NewFileTest {

  private static NewFile file(long size, int mode, Map<Long, byte[]> pieces) {
    return new NewFile(size, new TreeMap<>(pieces), mode, OptionalInt.empty(), OptionalInt.empty());
  }

  @Test
  void keepsItsOwnMapOfPieces() {
    TreeMap<Long, byte[]> pieces = new TreeMap<>(Map.of(0L, new byte[512]));
    NewFile file = new NewFile(1024, pieces, 0600, OptionalInt.empty(), OptionalInt.empty());
    pieces.put(512L, new byte[512]);
    assertThat(file.pieces()).containsOnlyKeys(0L);
  }

  @Test
  void acceptsAdjacentPiecesUpToTheEnd() {
    assertThat(file(2048, 0640, Map.of(0L, new byte[1024], 1024L, new byte[1024])).pieces())
        .hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -512, 511, 513})
  void refusesASizeThatIsNoWholeNumberOfSectors(long size) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> file(size, 0600, Map.of()))
        .withMessageContaining("size");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 01000, 04755})
  void refusesAModeWithMoreThanPermissionBits(int mode) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> file(512, mode, Map.of()))
        .withMessageContaining("mode");
  }

  @ParameterizedTest
  @CsvSource({
    "-512, 512, offset of a piece",
    "100, 512, offset of a piece",
    "0, 100, length of a piece",
    "0, 0, length of a piece",
    "512, 1024, end of a piece",
    "9223372036854775296, 512, end of a piece"
  })
  void refusesAPieceThatDoesNotFit(long offset, int length, String what) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> file(1024, 0600, Map.of(offset, new byte[length])))
        .withMessageContaining(what);
  }

  @Test
  void refusesOverlappingPieces() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> file(4096, 0600, Map.of(0L, new byte[1024], 512L, new byte[512])))
        .withMessageContaining("offset of a piece: 512");
  }
}
