// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.libvirt.Recorded;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bytes that nobody should send: a fault of their own kind, never anything else. */
class FuzzTest {
  private static final int ROUNDS = 40_000;

  @Test
  void mutatedConversationsAreDecodedOrRefused() throws IOException {
    long seed = System.nanoTime();
    System.out.println("rpc fuzz seed " + seed);
    Random random = new Random(seed);
    List<byte[]> originals = originals();
    int decoded = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = mutated(originals.get(random.nextInt(originals.size())), random);
      decoded += decode(bytes, seed);
    }
    // Else the mutations break everything at the door, and the rest is not tested.
    assertThat(decoded).isBetween(ROUNDS / 20, ROUNDS * 19 / 20);
  }

  private static List<byte[]> originals() {
    List<byte[]> found = new ArrayList<>();
    for (String name : Recorded.names()) {
      for (Recorded.Step step : Recorded.read(name).steps()) {
        switch (step) {
          case Recorded.Sent sent when sent.bytes().length < 4096 -> found.add(sent.bytes());
          case Recorded.Received got when got.bytes().length < 4096 -> found.add(got.bytes());
          default -> {}
        }
      }
    }
    return found;
  }

  private static byte[] mutated(byte[] original, Random random) {
    byte[] bytes = original.clone();
    for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        default -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) 0xff);
      }
    }
    return bytes;
  }

  /** How many messages were understood. */
  private static int decode(byte[] bytes, long seed) throws IOException {
    int understood = 0;
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    MessageReader reader = new MessageReader(in::read);
    try {
      Optional<Message> message = reader.next();
      while (message.isPresent()) {
        understood += decode(message.get());
        message = reader.next();
      }
    } catch (XdrFault e) {
      assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
    }
    return understood;
  }

  private static int decode(Message message) throws XdrFault {
    Header header = message.header();
    Optional<Procedure> procedure = Procedure.ofNumber(header.procedure());
    if (header.status() == Header.ERROR) {
      RpcError error = RpcError.decode(message.payload());
      assertThat(RpcError.decode(error.encode())).isEqualTo(error);
      return 1;
    }
    if (header.type() != Header.CALL || procedure.isEmpty()) {
      return 0;
    }
    LockCall call = LockCall.decode(procedure.get(), message.payload());
    assertThat(LockCall.decode(procedure.get(), call.encode())).isEqualTo(call);
    return 1;
  }

  @Test
  void hugeAnnouncementsCostNoMemory() throws Exception {
    int length = MessageReader.MAX_LENGTH;
    byte[] head =
        new XdrWriter()
            .number(length)
            .number(Header.LOCK_PROGRAM)
            .number(1)
            .number(8)
            .number(0)
            .number(7)
            .number(0)
            .toBytes();
    ByteArrayInputStream first = new ByteArrayInputStream(head);
    int[] left = {length - Header.SIZE};
    ByteInput zeros =
        (into, offset, count) -> {
          if (first.available() > 0) {
            return first.read(into, offset, count);
          }
          int now = Math.min(count, left[0]);
          Arrays.fill(into, offset, offset + now, (byte) 0);
          left[0] -= now;
          return now == 0 ? -1 : now;
        };
    Message message = new MessageReader(zeros).next().orElseThrow();
    assertThat(message.payload().length).isLessThan(256 * 1024);
    assertThat(message.header().serial()).isEqualTo(7);
    assertThat(LockCall.decode(Procedure.CREATE_LOCKSPACE, message.payload()))
        .isEqualTo(new LockCall.CreateLockspace(""));
  }

  @Test
  void stringsAreBounded() {
    byte[] tooLong = new XdrWriter().number(65537).toBytes();
    byte[] full = Arrays.copyOf(tooLong, 70_000);
    assertThatThrownBy(() -> LockCall.decode(Procedure.CREATE_LOCKSPACE, full))
        .isInstanceOf(XdrFault.class);
    byte[] negative = new XdrWriter().number(-1).toBytes();
    assertThatThrownBy(() -> LockCall.decode(Procedure.CREATE_LOCKSPACE, negative))
        .isInstanceOf(XdrFault.class);
    byte[] noText = new XdrWriter().number(4).number(0xc0c0c0c0).toBytes();
    assertThatThrownBy(() -> LockCall.decode(Procedure.CREATE_LOCKSPACE, noText))
        .isInstanceOf(XdrFault.class);
  }
}
