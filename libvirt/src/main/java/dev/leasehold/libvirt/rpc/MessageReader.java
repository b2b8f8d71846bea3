// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.rpc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** Cuts a stream of bytes into messages. One thread. */
public final class MessageReader {
  /** The largest length word that is accepted: 32 MiB and its own four bytes. */
  public static final int MAX_LENGTH = 33_554_436;

  /**
   * How much of a payload is kept. The longest arguments have two strings of 65536 bytes; what
   * comes after the arguments is ignored anyway, so a sender cannot make us hold more memory.
   */
  private static final int KEPT = 3 * XdrReader.MAX_STRING;

  private static final int CHUNK = 16 * 1024;

  private final ByteInput input;
  private final byte[] chunk = new byte[CHUNK];

  /** Reads from here. */
  public MessageReader(ByteInput input) {
    this.input = input;
  }

  /**
   * The next message.
   *
   * @return empty at the end of the stream, also in the middle of a message
   * @throws XdrFault a length that no message has: the stream cannot be read on
   * @throws IOException of the stream
   */
  public Optional<Message> next() throws XdrFault, IOException {
    Optional<byte[]> word = exactly(Integer.BYTES);
    if (word.isEmpty()) {
      return Optional.empty();
    }
    int length = new XdrReader(word.get()).number();
    if (length < Header.SIZE || length > MAX_LENGTH) {
      throw new XdrFault("a message of " + Integer.toUnsignedString(length) + " bytes");
    }
    Optional<byte[]> head = exactly(Header.SIZE - Integer.BYTES);
    if (head.isEmpty()) {
      return Optional.empty();
    }
    return payload(length - Header.SIZE).map(payload -> new Message(header(head.get()), payload));
  }

  private static Header header(byte[] head) {
    XdrReader reader = new XdrReader(head);
    try {
      return new Header(
          reader.number(),
          reader.number(),
          reader.number(),
          reader.number(),
          reader.number(),
          reader.number());
    } catch (XdrFault e) {
      throw new IllegalStateException("a header has six numbers", e);
    }
  }

  private Optional<byte[]> exactly(int count) throws IOException {
    byte[] bytes = new byte[count];
    int have = 0;
    while (have < count) {
      int got = input.read(bytes, have, count - have);
      if (got < 0) {
        return Optional.empty();
      }
      have += got;
    }
    return Optional.of(bytes);
  }

  /** Memory grows with what has arrived, not with what was announced. */
  private Optional<byte[]> payload(int count) throws IOException {
    if (count <= CHUNK) {
      return exactly(count);
    }
    ByteArrayOutputStream kept = new ByteArrayOutputStream(CHUNK);
    int left = count;
    while (left > 0) {
      int got = input.read(chunk, 0, Math.min(left, CHUNK));
      if (got < 0) {
        return Optional.empty();
      }
      left -= got;
      kept.write(chunk, 0, Math.min(got, KEPT - kept.size()));
    }
    return Optional.of(Arrays.copyOf(kept.toByteArray(), kept.size()));
  }
}
