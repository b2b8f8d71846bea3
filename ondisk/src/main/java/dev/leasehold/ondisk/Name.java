// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A name field: 48 raw bytes (docs/spec/ondisk.md section 1). A name of 48 bytes has no terminator;
 * bytes after the first NUL are residue of an earlier, longer name.
 *
 * <p>{@link #equals} compares all 48 bytes, residue included, which is what the renewal self-check
 * (5.4) and "the record is unchanged" want. {@link #sameName} compares up to the first NUL, which
 * is what every check of an expected name wants. Immutable.
 */
public final class Name {
  /** Bytes of the field. */
  public static final int SIZE = 48;

  /** The name without characters: 48 NUL bytes. */
  public static final Name EMPTY = new Name(new byte[SIZE]);

  private final byte[] raw;

  private Name(byte[] raw) {
    this.raw = raw;
  }

  /**
   * The name as a lockspace or resource name is stored, NUL-padded.
   *
   * @throws IllegalArgumentException if it is longer than 48 bytes of UTF-8, holds a NUL, or is not
   *     valid UTF-16
   */
  public static Name of(String text) {
    return ofBytes(utf8(text));
  }

  /**
   * The name from bytes of any character set, NUL-padded; bytes after a NUL are kept.
   *
   * @throws IllegalArgumentException if there are more than 48
   */
  public static Name ofBytes(byte[] bytes) {
    if (bytes.length > SIZE) {
      throw new IllegalArgumentException(
          "a name has at most " + SIZE + " bytes, this one has " + bytes.length);
    }
    return new Name(Arrays.copyOf(bytes, SIZE));
  }

  /**
   * A host's name as the owner of a delta lease: at most 47 bytes, the rest NUL
   * (docs/spec/ondisk.md section 4.1). A longer one is cut at byte 47 like sanlock does, so that
   * both find the same name on disk.
   *
   * @throws IllegalArgumentException if it holds a NUL or is not valid UTF-16
   */
  public static Name ofOwner(String hostName) {
    byte[] bytes = utf8(hostName);
    return ofBytes(Arrays.copyOf(bytes, Math.min(bytes.length, SIZE - 1)));
  }

  /** The 48 bytes at {@code offset}. */
  public static Name of(MemorySegment segment, long offset) {
    byte[] raw = new byte[SIZE];
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, raw, 0, SIZE);
    return new Name(raw);
  }

  private static byte[] utf8(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a name cannot contain a NUL character");
    }
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a name must be valid Unicode", e);
    }
  }

  /** Writes the 48 bytes at {@code offset}. */
  public void encode(MemorySegment segment, long offset) {
    MemorySegment.copy(raw, 0, segment, ValueLayout.JAVA_BYTE, offset, SIZE);
  }

  /** A copy of the 48 bytes. */
  public byte[] bytes() {
    return raw.clone();
  }

  /** Bytes before the first NUL, 48 if there is none. */
  public int length() {
    int length = 0;
    while (length < SIZE && raw[length] != 0) {
      length++;
    }
    return length;
  }

  /** Whether the first byte is NUL. Residue may follow. */
  public boolean isEmpty() {
    return raw[0] == 0;
  }

  /** Whether both are the same up to the first NUL; residue is not looked at. */
  public boolean sameName(Name other) {
    int length = length();
    return length == other.length() && Arrays.equals(raw, 0, length, other.raw, 0, length);
  }

  /** Whether the 48 bytes at {@code offset} are the same name, compared as {@link #sameName}. */
  public boolean sameName(MemorySegment segment, long offset) {
    int length = length();
    for (int i = 0; i < length; i++) {
      if (segment.get(ValueLayout.JAVA_BYTE, offset + i) != raw[i]) {
        return false;
      }
    }
    return length == SIZE || segment.get(ValueLayout.JAVA_BYTE, offset + length) == 0;
  }

  /** In quotes, with anything that could upset a terminal or a log line made visible. */
  String quoted() {
    StringBuilder text = new StringBuilder("\"");
    toString()
        .codePoints()
        .forEach(
            c -> {
              if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                text.append(String.format("\\u%04x", c));
              } else {
                text.appendCodePoint(c);
              }
            });
    return text.append('"').toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Name name && Arrays.equals(raw, name.raw);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(raw);
  }

  /** The text up to the first NUL; bytes that are not UTF-8 become U+FFFD. Not escaped. */
  @Override
  public String toString() {
    return new String(raw, 0, length(), StandardCharsets.UTF_8);
  }
}
