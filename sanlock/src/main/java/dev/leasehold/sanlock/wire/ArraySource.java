// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import java.io.EOFException;
import java.util.Arrays;

/** A source that has everything already. */
final class ArraySource implements ByteSource {
  private final byte[] bytes;
  private int position;

  ArraySource(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  @Override
  public byte[] take(int count) throws EOFException {
    if (count > bytes.length - position) {
      throw new EOFException("the message ends after " + bytes.length + " bytes");
    }
    position += count;
    return Arrays.copyOfRange(bytes, position - count, position);
  }
}
