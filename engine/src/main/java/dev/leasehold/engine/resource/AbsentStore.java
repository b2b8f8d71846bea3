// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Outcome;
import java.time.Duration;

/**
 * Stands for a disk of a lease that could not be opened, so that it counts when a majority is
 * looked for (docs/spec/algorithms.md 3.10): every transfer fails.
 *
 * @param path the disk
 * @param errno why it could not be opened
 * @param memory lends the blocks
 */
record AbsentStore(String path, int errno, BlockStore memory) implements BlockStore {
  @Override
  public int ioUnit() {
    return memory.ioUnit();
  }

  @Override
  public Block block(int length) {
    return memory.block(length);
  }

  @Override
  public Outcome read(long offset, Block into, Duration timeout) {
    return new Outcome.Failed(errno, "opening");
  }

  @Override
  public Outcome write(long offset, Block from, Duration timeout) {
    return new Outcome.Failed(errno, "opening");
  }

  @Override
  public int unsettledWrites() {
    return 0;
  }

  @Override
  public boolean awaitWritesSettled(Duration timeout) {
    return true;
  }

  @Override
  public void close() {}
}
