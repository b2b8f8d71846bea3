// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.storage;

import java.time.Duration;

/**
 * An open file or block device that holds lease areas: reads and writes of whole sectors, each with
 * a deadline, past every cache (direct, synchronous).
 *
 * <p>Guarantees: a {@code Done} write is on stable storage before the call returns. A read that
 * starts after that, on any host, sees it. Transfers of one sector are atomic as far as the storage
 * makes them so. A call returns within its timeout plus scheduling delay, however the storage
 * behaves. A transfer that hangs here delays no transfer on another store.
 *
 * <p>Thread-safe; the caller must not have two writes to the same lease in flight (see {@link
 * #awaitWritesSettled}).
 */
public interface BlockStore extends AutoCloseable {

  /** The path this store was opened with, for messages. */
  String path();

  /** Smallest transfer in bytes that the file or device takes: 512 or 4096. */
  int ioUnit();

  /** Whether it is a block device; else it is a regular file. */
  default boolean blockDevice() {
    return false;
  }

  /**
   * Borrows zeroed, aligned memory for transfers on this store.
   *
   * @param length bytes, a multiple of 512, at most 8 MiB
   */
  Block block(int length);

  /**
   * Reads {@code into.length()} bytes.
   *
   * @param offset bytes from the start, a multiple of the sector size
   */
  Outcome read(long offset, Block into, Duration timeout);

  /** Writes the whole block. */
  Outcome write(long offset, Block from, Duration timeout);

  /** How many writes of this store missed their deadline and have not completed yet. */
  int unsettledWrites();

  /**
   * Waits until no write of this store is in flight any more.
   *
   * @return whether that is so now. A lease must not be written again before (algorithms.md 8, 27).
   */
  boolean awaitWritesSettled(Duration timeout);

  /** Closes the descriptor once nothing is in flight; never blocks on the storage. */
  @Override
  void close();
}
