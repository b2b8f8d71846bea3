// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import java.util.Arrays;
import java.util.Optional;

/**
 * A path in a field of 1024 bytes (docs/spec/wire.md 2). What follows its NUL is not kept.
 *
 * @param content bytes before the NUL; 1024 if there is none, which makes it unusable
 */
public record PathField(Octets content) {
  /** Bytes of the field. */
  public static final int SIZE = 1024;

  /** No path. */
  public static final PathField EMPTY = new PathField(Octets.NONE);

  /**
   * Checks the size of the content, and that it holds no NUL.
   *
   * @throws IllegalArgumentException if it does not fit
   */
  public PathField {
    if (content.length() > SIZE || indexOfNul(content.bytes(), 0, content.length()) >= 0) {
      throw new IllegalArgumentException("a path has at most 1023 bytes and no NUL");
    }
  }

  /**
   * A path to be sent.
   *
   * @throws IllegalArgumentException if it is longer than 1023 bytes of UTF-8 or holds a NUL
   */
  public static PathField of(String path) {
    PathField field = new PathField(Octets.of(path));
    if (field.isUnterminated()) {
      throw new IllegalArgumentException("a path has at most 1023 bytes and no NUL");
    }
    return field;
  }

  static PathField read(Layout in) {
    byte[] raw = in.octets(SIZE).bytes();
    int end = indexOfNul(raw, 0, SIZE);
    return new PathField(Octets.of(Arrays.copyOf(raw, end < 0 ? SIZE : end)));
  }

  private static int indexOfNul(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == 0) {
        return i;
      }
    }
    return -1;
  }

  void write(Layout out) {
    out.octets(content, SIZE);
  }

  /** Whether there is no path. */
  public boolean isEmpty() {
    return content.isEmpty();
  }

  /** Whether the field had no NUL: it is not known where the path ends. */
  public boolean isUnterminated() {
    return content.length() == SIZE;
  }

  /** The path, unless it is unterminated or not UTF-8: then it cannot be used. */
  public Optional<String> usable() {
    return isUnterminated() ? Optional.empty() : content.text();
  }

  /** For messages. */
  @Override
  public String toString() {
    return content.toString();
  }
}
