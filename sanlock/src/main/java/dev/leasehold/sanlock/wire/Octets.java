// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Bytes as a value: immutable, compared by content. */
public final class Octets {
  /** No bytes. */
  public static final Octets NONE = new Octets(new byte[0]);

  private final byte[] bytes;

  private Octets(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A copy of these bytes. */
  public static Octets of(byte[] bytes) {
    return new Octets(bytes.clone());
  }

  /** A copy of part of these bytes. */
  public static Octets of(byte[] bytes, int offset, int length) {
    return new Octets(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  /** A text in UTF-8. */
  public static Octets of(String text) {
    return new Octets(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** How many. */
  public int length() {
    return bytes.length;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /** Copies them into {@code target}. */
  void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, bytes.length);
  }

  /** The text they are in UTF-8, or empty if they are none. */
  public Optional<String> text() {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Octets octets && Arrays.equals(bytes, octets.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** As text in UTF-8; what is none becomes U+FFFD. Not escaped. */
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
