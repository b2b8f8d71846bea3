// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.storage.Block;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;

/** One loan of a {@link BlockPool}. Its state is thread-safe: a late transfer ends at any time. */
final class PooledBlock implements Block {

  private enum State {
    /** The borrower's. */
    BORROWED,
    /** A transfer's, and the borrower's again after it. */
    IN_FLIGHT,
    /** A transfer's, and the pool's after it. */
    IN_FLIGHT_CLOSED,
    /** The pool's. */
    CLOSED
  }

  private final BlockPool pool;
  private final BlockPool.Slab slab;
  private final MemorySegment memory;
  private final AtomicReference<State> state = new AtomicReference<>(State.BORROWED);

  PooledBlock(BlockPool pool, BlockPool.Slab slab, int length) {
    this.pool = pool;
    this.slab = slab;
    this.memory = slab.memory().asSlice(0, length);
  }

  @Override
  public int length() {
    return (int) memory.byteSize();
  }

  @Override
  public MemorySegment bytes() {
    requireBorrowed(state.get());
    return memory;
  }

  private static void requireBorrowed(State seen) {
    switch (seen) {
      case BORROWED -> {
        // as it should be
      }
      case IN_FLIGHT -> throw new IllegalStateException("a transfer of this block is in flight");
      case IN_FLIGHT_CLOSED, CLOSED -> throw new IllegalStateException("this block is closed");
    }
  }

  /**
   * Hands the memory to a transfer.
   *
   * @throws IllegalStateException if closed or in flight already
   */
  MemorySegment begin() {
    State seen = state.compareAndExchange(State.BORROWED, State.IN_FLIGHT);
    requireBorrowed(seen);
    return memory;
  }

  /** The transfer does not use the memory any more. */
  void end() {
    if (!state.compareAndSet(State.IN_FLIGHT, State.BORROWED)) {
      state.set(State.CLOSED);
      pool.giveBack(slab);
    }
  }

  @Override
  public void close() {
    State seen =
        state.getAndUpdate(
            old ->
                switch (old) {
                  case BORROWED, CLOSED -> State.CLOSED;
                  case IN_FLIGHT, IN_FLIGHT_CLOSED -> State.IN_FLIGHT_CLOSED;
                });
    if (seen == State.BORROWED) {
      pool.giveBack(slab);
    }
  }

  /** Whether its memory is one of {@code pool}. */
  boolean isOf(BlockPool other) {
    return pool == other;
  }
}
