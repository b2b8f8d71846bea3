// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.rpc;

/** One message: a header, and a payload that depends on it. */
public final class Message {
  private static final byte[] NOTHING = {};

  private final Header header;
  private final byte[] payload;

  /** From its parts. */
  public Message(Header header, byte[] payload) {
    this.header = header;
    this.payload = payload.clone();
  }

  /** Without a payload. */
  public static Message of(Header header) {
    return new Message(header, NOTHING);
  }

  /** A call of the lock protocol. */
  public static Message call(LockCall call, int serial) {
    return new Message(Header.call(call.procedure().number(), serial), call.encode());
  }

  /** The reply that a call succeeded with: all procedures return nothing. */
  public static Message success(Header call) {
    return of(call.reply(Header.OK));
  }

  /** The reply that a call failed with. */
  public static Message failure(Header call, RpcError error) {
    return new Message(call.reply(Header.ERROR), error.encode());
  }

  /** Its header. */
  public Header header() {
    return header;
  }

  /** Its payload. */
  public byte[] payload() {
    return payload.clone();
  }

  /** All its bytes, with the length word that counts itself. */
  public byte[] encode() {
    byte[] head =
        new XdrWriter()
            .number(Header.SIZE + payload.length)
            .number(header.program())
            .number(header.version())
            .number(header.procedure())
            .number(header.type())
            .number(header.serial())
            .number(header.status())
            .toBytes();
    byte[] all = new byte[head.length + payload.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(payload, 0, all, head.length, payload.length);
    return all;
  }
}
