// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Outcome;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A lockspace or resource area on a store: reads of sectors and prefixes, writes of single sectors.
 * All offsets are bytes from the start of the area.
 *
 * <p>A transfer that missed its deadline becomes AIO_TIMEOUT, one that failed becomes its errno
 * (EIO if that has no code); the detail names path, offset and cause. After AIO_TIMEOUT of a write
 * nothing may be assumed of the sector.
 *
 * <p>There is at most one write of a store in flight: a write first waits until every earlier one
 * that missed its deadline has settled (docs/spec/algorithms.md 8, item 27). Thread-safe as far as
 * its store is, but the writes to one lease are to come from one task at a time.
 */
public final class LeaseArea {
  private final BlockStore store;
  private final long offset;
  private final Geometry geometry;

  /**
   * An area.
   *
   * @param store where it is; not closed by this object
   * @param offset where it starts, in bytes
   */
  public LeaseArea(BlockStore store, long offset, Geometry geometry) {
    this.store = store;
    this.offset = offset;
    this.geometry = geometry;
  }

  /** Where it is. */
  public BlockStore store() {
    return store;
  }

  /** Where it starts, in bytes. */
  public long offset() {
    return offset;
  }

  /** Its sizes. */
  public Geometry geometry() {
    return geometry;
  }

  /** The same place with other sizes. */
  public LeaseArea withGeometry(Geometry other) {
    return new LeaseArea(store, offset, other);
  }

  /**
   * Reads {@code length} bytes.
   *
   * @param at bytes from the start of the area
   * @return to be closed by the caller
   * @throws LeaseException AIO_TIMEOUT or the errno
   */
  public Block read(long at, int length, Duration timeout) throws LeaseException {
    Block block = store.block(length);
    boolean done = false;
    try {
      succeed(store.read(offset + at, block, timeout), "read", at, length);
      done = true;
      return block;
    } finally {
      if (!done) {
        block.close();
      }
    }
  }

  /**
   * Reads one sector.
   *
   * @param at bytes from the start of the area
   * @return to be closed by the caller
   * @throws LeaseException AIO_TIMEOUT or the errno
   */
  public Block readSector(long at, Duration timeout) throws LeaseException {
    return read(at, geometry.sectorSize(), timeout);
  }

  /**
   * Writes one sector.
   *
   * @param at bytes from the start of the area
   * @param content fills the sector, which is zero before
   * @param settle how long to wait for earlier writes of this store that are still in flight
   * @param timeout deadline of the write itself
   * @param validity asked after that wait, immediately before the write
   * @throws LeaseException what {@code validity} throws, and nothing was written; AIO_TIMEOUT, and
   *     it is not known what was written (nothing, if an earlier write did not settle); the errno,
   *     and it is not known what was written, but nothing will be written any more
   */
  public void writeSector(
      long at,
      Consumer<MemorySegment> content,
      Duration settle,
      Duration timeout,
      ValidityCheck validity)
      throws LeaseException {
    write(at, geometry.sectorSize(), content, settle, timeout, validity);
  }

  /** As {@link #writeSector}, for a whole area that is initialised. */
  void write(
      long at,
      int length,
      Consumer<MemorySegment> content,
      Duration settle,
      Duration timeout,
      ValidityCheck validity)
      throws LeaseException {
    try (Block block = store.block(length)) {
      content.accept(block.bytes());
      awaitSettled(settle, at);
      validity.ensureValid();
      succeed(store.write(offset + at, block, timeout), "write", at, length);
    }
  }

  /**
   * Waits until every earlier write of this store has settled.
   *
   * @param at what is to be written then, for words
   * @throws LeaseException AIO_TIMEOUT: one has not
   */
  void awaitSettled(Duration settle, long at) throws LeaseException {
    if (store.unsettledWrites() > 0 && !store.awaitWritesSettled(settle)) {
      throw new LeaseException(
          ErrorCode.AIO_TIMEOUT,
          store.path()
              + ": nothing was written at "
              + (offset + at)
              + " because an earlier write is still in flight");
    }
  }

  private void succeed(Outcome outcome, String operation, long at, int length)
      throws LeaseException {
    switch (outcome) {
      case Outcome.Done done -> {}
      case Outcome.Failed failed -> throw failed(failed);
      case Outcome.Unknown unknown -> throw timedOut(operation, at, length);
    }
  }

  LeaseException failed(Outcome.Failed failed) {
    return new LeaseException(
        ErrorCode.ofErrno(failed.errno()),
        store.path() + ": " + failed.operation() + " failed with errno " + failed.errno());
  }

  LeaseException timedOut(String operation, long at, int length) {
    return new LeaseException(
        ErrorCode.AIO_TIMEOUT,
        store.path()
            + ": "
            + operation
            + " of "
            + length
            + " bytes at "
            + (offset + at)
            + " did not complete in time");
  }
}
