// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

/**
 * What the daemon sends on an event connection by itself: 80 bytes (docs/spec/wire.md 4.19).
 *
 * @param header command 1, length 80
 * @param event as the other host told it; the host id is our own
 * @param fromHostId who told it
 * @param fromGeneration of that host
 */
public record EventMessage(
    Header header, WireHostEvent event, long fromHostId, long fromGeneration) {
  /** Bytes of the message. */
  public static final int SIZE = 80;

  private static final int COMMAND = 1;

  /** A message to be sent. */
  public static EventMessage of(WireHostEvent event, long fromHostId, long fromGeneration) {
    Header header = new Header(Header.MAGIC, Header.VERSION, COMMAND, 0, SIZE, 0, 0, 0);
    return new EventMessage(header, event, fromHostId, fromGeneration);
  }

  /** Reads the 80 bytes at {@code offset}. */
  public static EventMessage decode(byte[] bytes, int offset) {
    Layout in = Layout.reading(bytes, offset + Header.SIZE);
    return new EventMessage(
        Header.decode(bytes, offset), WireHostEvent.read(in), in.u64(), in.u64());
  }

  /** The 80 bytes. */
  public byte[] encode() {
    Layout out = Layout.writing(SIZE).put(header.encode());
    event.write(out);
    return out.u64(fromHostId).u64(fromGeneration).array();
  }

  /** Whether it is one. */
  public boolean isValid() {
    return header.hasMagic() && header.command() == COMMAND && header.length() == SIZE;
  }
}
