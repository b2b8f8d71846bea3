// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.sanlock.Recording;
import dev.leasehold.sanlock.wire.Header;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Recorded requests with mistakes: the same generator gives the same bytes. */
final class Mutator {
  private static final int[] NUMBERS = {
    0,
    1,
    2,
    3,
    4,
    5,
    8,
    9,
    31,
    32,
    33,
    127,
    128,
    159,
    160,
    161,
    1024,
    1025,
    4096,
    4257,
    1 << 20,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    -1,
    -2
  };
  private static final int COMMANDS = 45;
  private static final int PIECES = 4;

  private final RandomGenerator random;
  private final List<byte[]> seeds;

  /** Requests that act for a process act for this one. */
  Mutator(RandomGenerator random, int pid) {
    this.random = random;
    this.seeds =
        Recording.names().stream()
            // What ends a daemon on purpose is no mistake.
            .filter(name -> !name.startsWith("shutdown"))
            .flatMap(name -> Recording.read(name).connections().stream())
            .map(Recording.Connection::sent)
            .map(sent -> actingFor(pid, sent))
            .toList();
  }

  private static byte[] actingFor(int pid, byte[] sent) {
    Header header = Header.decode(sent, 0);
    if (header.data2() == Replay.RECORDED_PID) {
      System.arraycopy(header.withData2(pid).encode(), 0, sent, 0, Header.SIZE);
    }
    return sent;
  }

  /** Some requests, one after the other. */
  byte[] next() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int pieces = 1 + random.nextInt(PIECES);
    for (int i = 0; i < pieces; i++) {
      all.writeBytes(mutated(seeds.get(random.nextInt(seeds.size())).clone()));
    }
    return all.toByteArray();
  }

  private byte[] mutated(byte[] bytes) {
    byte[] result = bytes;
    int mistakes = random.nextInt(4);
    for (int i = 0; i < mistakes && result.length > 0; i++) {
      result =
          switch (random.nextInt(7)) {
            case 0 -> flipped(result);
            case 1, 2 -> withNumber(result, headerField());
            case 3 -> withNumber(result, random.nextInt(result.length));
            case 4 -> Arrays.copyOf(result, random.nextInt(result.length));
            case 5 -> withCommand(result);
            default -> withRun(result);
          };
    }
    return result;
  }

  private int headerField() {
    return 4 * random.nextInt(Header.SIZE / 4);
  }

  private byte[] flipped(byte[] bytes) {
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    return bytes;
  }

  private byte[] withNumber(byte[] bytes, int at) {
    if (at + Integer.BYTES <= bytes.length) {
      int number = NUMBERS[random.nextInt(NUMBERS.length)];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, number);
    }
    return bytes;
  }

  /** Another command for the same bytes, but none that ends the daemon. */
  private byte[] withCommand(byte[] bytes) {
    int command = random.nextInt(COMMANDS);
    if (bytes.length >= Header.SIZE && command != 4 && command != 29) {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(8, command);
    }
    return bytes;
  }

  /** A run of one byte, so that names and paths lose their ends. */
  private byte[] withRun(byte[] bytes) {
    int from = random.nextInt(bytes.length);
    int to = Math.min(bytes.length, from + 1 + random.nextInt(1200));
    Arrays.fill(bytes, from, to, (byte) random.nextInt(256));
    return bytes;
  }
}
