// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import dev.leasehold.ondisk.Name;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A record of STATUS, HOST_STATUS or RENEWAL: 80 bytes, a text, and by type a lockspace or a
 * resource with its disks (docs/spec/wire.md 2, 4.21 to 4.23).
 *
 * @param type 1 daemon, 2 client, 3 lockspace, 4 resource, 5 host, 6 renewal
 * @param flags 0
 * @param data32 by type
 * @param data64 by type
 * @param name by type
 * @param text {@code key=value}, separated by spaces; without its NUL
 * @param lockspace of type 3
 * @param resource of type 4
 */
public record WireState(
    int type,
    int flags,
    int data32,
    long data64,
    Name name,
    Octets text,
    Optional<WireLockspace> lockspace,
    Optional<WireResource> resource) {
  /** Bytes before the text. */
  public static final int SIZE = 80;

  /** The longest text of the original, its NUL included. */
  public static final int MAX_TEXT = 4096;

  /** Type of the record of the daemon itself. */
  public static final int DAEMON = 1;

  /** Type of the record of a connection. */
  public static final int CLIENT = 2;

  /** Type of the record of a lockspace. */
  public static final int LOCKSPACE = 3;

  /** Type of the record of a resource. */
  public static final int RESOURCE = 4;

  /** Type of the record of a host. */
  public static final int HOST = 5;

  /** Type of the record of a renewal. */
  public static final int RENEWAL = 6;

  private static final int HOLE = 4;
  private static final int MOST_TEXT_TAKEN = 1 << 16;

  /** A record without a binary part. */
  public static WireState of(int type, int data32, long data64, Name name, String text) {
    return new WireState(
        type, 0, data32, data64, name, Octets.of(text), Optional.empty(), Optional.empty());
  }

  /** The same with a lockspace behind the text. */
  public WireState with(WireLockspace binary) {
    return new WireState(
        type, flags, data32, data64, name, text, Optional.of(binary), Optional.empty());
  }

  /** The same with a resource and its disks behind the text. */
  public WireState with(WireResource binary) {
    return new WireState(
        type, flags, data32, data64, name, text, Optional.empty(), Optional.of(binary));
  }

  /**
   * Reads one record.
   *
   * @throws IOException of the source, or if it makes no sense
   */
  public static WireState read(ByteSource source) throws IOException {
    Layout in = Layout.reading(source.take(SIZE), 0);
    int type = in.u32();
    int flags = in.u32();
    int data32 = in.u32();
    long data64 = in.hole(HOLE).u64();
    Name name = in.name();
    Octets text = text(source, in.u32());
    Optional<WireLockspace> lockspace =
        type == LOCKSPACE
            ? Optional.of(WireLockspace.read(Layout.reading(source.take(WireLockspace.SIZE), 0)))
            : Optional.empty();
    Optional<WireResource> resource =
        type == RESOURCE ? Optional.of(resource(source)) : Optional.empty();
    return new WireState(type, flags, data32, data64, name, text, lockspace, resource);
  }

  private static Octets text(ByteSource source, int length) throws IOException {
    if (length < 0 || length > MOST_TEXT_TAKEN) {
      throw new IOException("a state record with a text of " + length + " bytes");
    }
    byte[] bytes = source.take(length);
    int end = length > 0 && bytes[length - 1] == 0 ? length - 1 : length;
    return Octets.of(bytes, 0, end);
  }

  private static WireResource resource(ByteSource source) throws IOException {
    WireResource resource = WireResource.read(Layout.reading(source.take(WireResource.SIZE), 0));
    if (resource.diskCount() < 0 || resource.diskCount() > WireResource.MAX_DISKS) {
      throw new IOException("a resource with " + resource.diskCount() + " disks");
    }
    byte[] disks = source.take(resource.diskCount() * WireDisk.SIZE);
    return resource.readDisks(Layout.reading(disks, 0));
  }

  /** The bytes. */
  public byte[] encode() {
    int textSize = text.length() + 1;
    int binary =
        lockspace.map(ls -> WireLockspace.SIZE).orElse(0)
            + resource.map(WireResource::size).orElse(0);
    Layout out =
        Layout.writing(SIZE + textSize + binary)
            .u32(type)
            .u32(flags)
            .u32(data32)
            .hole(HOLE)
            .u64(data64)
            .name(name)
            .u32(textSize)
            .hole(HOLE)
            .octets(text, textSize);
    lockspace.ifPresent(part -> part.write(out));
    resource.ifPresent(part -> part.write(out));
    return out.array();
  }

  /** The words of the text: what stands before and after each first equals sign, in order. */
  public Map<String, String> words() {
    Map<String, String> words = new LinkedHashMap<>();
    for (String word : text.toString().split(" ", -1)) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        words.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return words;
  }
}
