// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

/**
 * The 32 bytes before every message in either direction (docs/spec/wire.md 1.2).
 *
 * @param magic {@link #MAGIC}, or it is no header
 * @param version of the protocol; only the high 16 bits matter
 * @param command number of a {@link Command}; copied into the reply
 * @param flags of the command; copied into the reply
 * @param length bytes of the whole message as its sender states it, which is not always true
 * @param seq never interpreted; copied into the reply
 * @param data argument, or the result of a reply
 * @param data2 argument, or more of the result
 */
public record Header(
    int magic, int version, int command, int flags, int length, int seq, int data, int data2) {
  /** Bytes of a header. */
  public static final int SIZE = 32;

  /** The first four bytes of every message. */
  public static final int MAGIC = 0x04282010;

  /** Our version of the protocol: 0.1. */
  public static final int VERSION = 1;

  /** {@link #data2} of a command for the connection's own registration. */
  public static final int OWN_REGISTRATION = -1;

  private static final int MAJOR = 0xFFFF0000;

  /** A request with so many bytes of body. */
  public static Header request(Command command, int flags, int body, int data, int data2) {
    return new Header(MAGIC, VERSION, command.number(), flags, SIZE + body, 0, data, data2);
  }

  /** Reads the 32 bytes at {@code offset}. */
  public static Header decode(byte[] bytes, int offset) {
    Layout in = Layout.reading(bytes, offset);
    return new Header(
        in.u32(), in.u32(), in.u32(), in.u32(), in.u32(), in.u32(), in.u32(), in.u32());
  }

  /** The 32 bytes. */
  public byte[] encode() {
    return Layout.writing(SIZE)
        .u32(magic)
        .u32(version)
        .u32(command)
        .u32(flags)
        .u32(length)
        .u32(seq)
        .u32(data)
        .u32(data2)
        .array();
  }

  /** Whether this is a header at all. */
  public boolean hasMagic() {
    return magic == MAGIC;
  }

  /**
   * Whether the sender's protocol is newer than ours, major version 0, in a way that matters (1.5).
   */
  public boolean isTooNew() {
    return (version & MAJOR) != 0;
  }

  /** How many bytes follow the header according to its sender; 0 if that makes no sense. */
  public long statedBody() {
    return Math.max(0, Integer.toUnsignedLong(length) - SIZE);
  }

  /** The header of a reply to this request, without a body. */
  public Header reply(int result) {
    return new Header(MAGIC, VERSION, command, flags, SIZE, seq, result, 0);
  }

  /** The same with other second data. */
  public Header withData2(int value) {
    return new Header(magic, version, command, flags, length, seq, data, value);
  }

  /** The same with another stated length of the body. */
  public Header withBody(int bytes) {
    return new Header(magic, version, command, flags, SIZE + bytes, seq, data, data2);
  }

  /** The same with another length, which need not be true. */
  public Header withLength(int stated) {
    return new Header(magic, version, command, flags, stated, seq, data, data2);
  }
}
