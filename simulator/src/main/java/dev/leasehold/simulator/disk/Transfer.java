// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.disk;

import dev.leasehold.simulator.kernel.SimTask;
import org.jspecify.annotations.Nullable;

/** One transfer in flight. */
final class Transfer {

  final SimStore store;
  final SimFile file;
  final SimBlock block;
  final boolean write;
  final int first;
  final int sectors;

  /** What is written, as it was at issue; empty for reads. */
  final byte[] content;

  long issuedAt;

  /** Sectors from {@code first} on that took effect already. */
  int effective;

  boolean completed;
  boolean abandoned;

  /** Its host is gone: nobody waits for it. */
  boolean orphaned;

  /** Hangs until the storage lets go. */
  boolean held;

  /** Grows whenever its fate changes, so that events of an earlier fate are stale. */
  int fateNumber;

  int errno;
  @Nullable SimTask waiter;
  long waitToken;

  Transfer(SimStore store, SimBlock block, boolean write, int first, int sectors) {
    this.store = store;
    this.file = store.file();
    this.block = block;
    this.write = write;
    this.first = first;
    this.sectors = sectors;
    this.content = write ? block.memory().clone() : new byte[0];
  }

  String words() {
    return (write ? "write of " : "read of ")
        + block.length()
        + " bytes at "
        + (long) first * file.unit();
  }
}
