// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import dev.leasehold.ondisk.Name;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Fields of the structures, one after the other, little endian (docs/spec/wire.md 2). Writing fills
 * a new array; holes stay zero.
 */
final class Layout {
  private final byte[] array;
  private final ByteBuffer bytes;

  private Layout(byte[] array, int offset) {
    this.array = array;
    this.bytes = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN).position(offset);
  }

  /** Reads from {@code offset} on. */
  static Layout reading(byte[] from, int offset) {
    return new Layout(from, offset);
  }

  /** Writes a message or structure of that size. */
  static Layout writing(int size) {
    return new Layout(new byte[size], 0);
  }

  byte[] array() {
    return array;
  }

  int u32() {
    return bytes.getInt();
  }

  long u64() {
    return bytes.getLong();
  }

  Name name() {
    byte[] raw = new byte[Name.SIZE];
    bytes.get(raw);
    return Name.ofBytes(raw);
  }

  Octets octets(int length) {
    byte[] raw = new byte[length];
    bytes.get(raw);
    return Octets.of(raw);
  }

  Layout u32(int value) {
    bytes.putInt(value);
    return this;
  }

  Layout u64(long value) {
    bytes.putLong(value);
    return this;
  }

  Layout name(Name name) {
    bytes.put(name.bytes());
    return this;
  }

  /** Bytes in a field of {@code size}, filled up with NUL. */
  Layout octets(Octets octets, int size) {
    octets.copyTo(array, bytes.position());
    return hole(size);
  }

  Layout put(byte[] part) {
    bytes.put(part);
    return this;
  }

  Layout hole(int size) {
    bytes.position(bytes.position() + size);
    return this;
  }
}
