// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.disk;

import dev.leasehold.storage.Block;
import java.lang.foreign.MemorySegment;

/** Memory lent for transfers; it goes back to the pool only when no transfer uses it any more. */
final class SimBlock implements Block {

  private final BlockPool pool;
  private final byte[] memory;
  private final MemorySegment segment;
  private boolean inFlight;
  private boolean closed;

  SimBlock(BlockPool pool, int length) {
    this.pool = pool;
    this.memory = pool.take(length);
    this.segment = MemorySegment.ofArray(memory);
  }

  @Override
  public int length() {
    return memory.length;
  }

  @Override
  public MemorySegment bytes() {
    if (closed || inFlight) {
      throw new IllegalStateException(closed ? "block is closed" : "block is in flight");
    }
    return segment;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (!inFlight) {
        pool.give(memory);
      }
    }
  }

  /** The memory, for the storage's side of a transfer. */
  byte[] memory() {
    return memory;
  }

  void takeOff() {
    if (closed || inFlight) {
      throw new IllegalStateException(
          "transfer with a block that is " + (closed ? "closed" : "in flight"));
    }
    inFlight = true;
  }

  /** The transfer is over. */
  void land() {
    inFlight = false;
    if (closed) {
      pool.give(memory);
    }
  }
}
