// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksumTest {
  @Test
  void agreesWithEveryRecordedChecksum() throws IOException {
    List<String> lines =
        Files.readAllLines(Golden.directory().resolve("crc.txt")).stream()
            .filter(line -> !line.startsWith("#"))
            .toList();
    assertThat(lines).hasSizeGreaterThan(80);
    for (String line : lines) {
      String[] words = line.split(" ");
      byte[] input = words[1].equals("-") ? new byte[0] : HexFormat.of().parseHex(words[1]);
      assertThat(Checksum.of(MemorySegment.ofArray(input), 0, input.length))
          .as(words[0])
          .isEqualTo(HexFormat.fromHexDigits(words[2]));
    }
  }

  @Test
  void hasTheTestValuesOfTheSpecification() {
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    assertThat(Checksum.of(MemorySegment.ofArray(new byte[0]), 0, 0)).isEqualTo(0xFFFFFFFE);
    assertThat(Checksum.of(MemorySegment.ofArray(digits), 0, 9)).isEqualTo(0xE8C7BB34);
    assertThat(Checksum.of(MemorySegment.ofArray(new byte[48]), 0, 48)).isEqualTo(0xCB5AD842);
  }

  /** The lengths of records take another way than all others: the definition must give the same. */
  @ParameterizedTest
  @ValueSource(ints = {48, 168, 47, 49, 508})
  void isTheTableWalkForEveryLengthAndPlace(int length) {
    SplittableRandom random = Seeds.random("checksum " + length);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment aligned = arena.allocate(4096, 4096);
      MemorySegment heap = MemorySegment.ofArray(new byte[4096]);
      for (int round = 0; round < 200; round++) {
        byte[] bytes = new byte[4096];
        random.nextBytes(bytes);
        heap.copyFrom(MemorySegment.ofArray(bytes));
        aligned.copyFrom(heap);
        int offset = random.nextInt(4096 - length);
        int expected = definition(bytes, offset, length);
        assertThat(Checksum.of(heap, offset, length)).isEqualTo(expected);
        assertThat(Checksum.of(aligned, offset, length)).isEqualTo(expected);
        assertThat(Checksum.of(heap.asReadOnly(), offset, length)).isEqualTo(expected);
      }
    }
  }

  /** Section 3 of the specification, bit by bit. */
  private static int definition(byte[] bytes, int offset, int length) {
    int crc = 0xFFFFFFFE;
    for (int i = offset; i < offset + length; i++) {
      crc ^= bytes[i] & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ 0x82F63B78;
      }
    }
    return crc;
  }

  @Test
  void isSafeForManyThreads() throws Exception {
    MemorySegment shared = MemorySegment.ofArray(new byte[168]);
    int expected = Checksum.of(shared, 0, 168);
    Callable<Boolean> task =
        () -> IntStream.range(0, 2_000).allMatch(i -> Checksum.of(shared, 0, 168) == expected);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> outcome :
          threads.invokeAll(IntStream.range(0, 8).mapToObj(i -> task).toList())) {
        assertThat(outcome.get()).isTrue();
      }
    }
  }
}
