// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.storage;

import java.lang.foreign.MemorySegment;

/**
 * Memory for one transfer, borrowed from a {@link BlockStore} with {@link BlockStore#block(int)}.
 *
 * <p>The block belongs to the borrower except while a transfer that uses it is in flight. A
 * transfer whose outcome is {@link Outcome.Unknown} is still in flight: until it completes, {@link
 * #bytes()} throws, and {@link #close()} leaves the memory to the store, which takes it back when
 * the transfer completes. So a late transfer never touches memory that was handed out again (safety
 * rule 2 of docs/design.md), and try-with-resources is right in every case.
 *
 * <p>Not thread-safe: one borrower at a time.
 */
public interface Block extends AutoCloseable {

  /** Length in bytes, a multiple of 512. */
  int length();

  /**
   * The memory, {@link #length()} bytes, zeroed when borrowed.
   *
   * @throws IllegalStateException if closed, or if a transfer that uses it is still in flight
   */
  MemorySegment bytes();

  /** Gives the memory back, now or when the transfer that uses it completes. Idempotent. */
  @Override
  void close();
}
