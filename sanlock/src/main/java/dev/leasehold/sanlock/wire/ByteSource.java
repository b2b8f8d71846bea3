// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import java.io.EOFException;
import java.io.IOException;

/** Where the bytes of a message come from. */
public interface ByteSource {

  /**
   * Takes exactly so many bytes.
   *
   * @throws EOFException if the stream ends before
   * @throws IOException if they do not come
   */
  byte[] take(int count) throws IOException;

  /** The bytes of an array, from its start. */
  static ByteSource of(byte[] bytes) {
    return new ArraySource(bytes);
  }
}
