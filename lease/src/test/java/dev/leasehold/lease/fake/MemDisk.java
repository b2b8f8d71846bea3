// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.fake;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** What several hosts share: bytes. Writes of one transfer are atomic. */
public final class MemDisk {
  private final byte[] content;

  /** A disk of zeros. */
  public MemDisk(int length) {
    content = new byte[length];
  }

  /** Bytes. */
  public int length() {
    return content.length;
  }

  /** All of it, to look at and to tamper with. */
  public MemorySegment bytes() {
    return MemorySegment.ofArray(content);
  }

  /** A copy of some of it. */
  public byte[] copy(long offset, int length) {
    return Arrays.copyOfRange(content, (int) offset, (int) offset + length);
  }

  /** Changes some of it. */
  public void put(long offset, byte[] bytes) {
    System.arraycopy(bytes, 0, content, (int) offset, bytes.length);
  }
}
