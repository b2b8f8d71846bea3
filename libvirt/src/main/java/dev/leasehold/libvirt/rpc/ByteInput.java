// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.rpc;

import java.io.IOException;

/** Where bytes come from. */
@FunctionalInterface
public interface ByteInput {
  /**
   * Reads at least one byte.
   *
   * @return how many bytes, or -1 at the end
   */
  int read(byte[] into, int offset, int length) throws IOException;
}
