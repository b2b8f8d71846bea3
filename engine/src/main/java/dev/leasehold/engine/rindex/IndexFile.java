// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.rindex;

import dev.leasehold.lease.ValidityCheck;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.ResourceIndex;
import dev.leasehold.ondisk.RindexHeader;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Outcome;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/** An open index: transfers on its device, at offsets from the start of the device. */
record IndexFile(BlockStore store, IndexPlace place, Duration timeout, ValidityCheck validity) {

  /** The largest sector: enough for a header, whatever the sector size. */
  private static final int PROBE = 4096;

  /**
   * An index area in memory.
   *
   * @param area its bytes, which change with the index
   */
  record Loaded(ResourceIndex index, MemorySegment area) {}

  /**
   * Reads the header and then the whole index area.
   *
   * @throws LeaseException RINDEX_… EINVAL, I/O
   */
  Loaded load() throws LeaseException {
    Geometry geometry = readHeader().geometry();
    MemorySegment area = MemorySegment.ofArray(read(place.offset(), geometry.alignSize(), timeout));
    return new Loaded(new ResourceIndex(area, place.lockspace(), place.offset()), area);
  }

  /** Reads and checks the header. */
  RindexHeader readHeader() throws LeaseException {
    MemorySegment head = MemorySegment.ofArray(read(place.offset(), PROBE, timeout));
    RindexHeader header = RindexHeader.decode(head, 0);
    header.verify(place.lockspace(), place.offset());
    return header;
  }

  /** Reads bytes of the device. */
  byte[] read(long offset, int length, Duration limit) throws LeaseException {
    try (Block block = store.block(length)) {
      succeed(store.read(offset, block, limit), "read", offset, length);
      return block.bytes().toArray(ValueLayout.JAVA_BYTE);
    }
  }

  /** Writes the one sector of the index that holds an entry. */
  void writeEntry(Loaded loaded, int entry) throws LeaseException {
    int sector = loaded.index.geometry().sectorSize();
    long at = loaded.index.entrySectorOffset(entry);
    write(place.offset() + at, loaded.area.asSlice(at, sector), timeout);
  }

  /**
   * Writes bytes of the device, once every earlier write has settled and if our host lease is good
   * (docs/spec/algorithms.md 8, item 27).
   */
  void write(long offset, MemorySegment content, Duration limit) throws LeaseException {
    int length = (int) content.byteSize();
    try (Block block = store.block(length)) {
      block.bytes().copyFrom(content);
      if (store.unsettledWrites() > 0 && !store.awaitWritesSettled(timeout)) {
        throw timedOut("write", offset, length);
      }
      validity.ensureValid();
      succeed(store.write(offset, block, limit), "write", offset, length);
    }
  }

  private void succeed(Outcome outcome, String operation, long offset, int length)
      throws LeaseException {
    switch (outcome) {
      case Outcome.Done done -> {}
      case Outcome.Failed failed ->
          throw new LeaseException(
              ErrorCode.ofErrno(failed.errno()),
              place.path() + ": " + failed.operation() + " failed with errno " + failed.errno());
      case Outcome.Unknown unknown -> throw timedOut(operation, offset, length);
    }
  }

  private LeaseException timedOut(String operation, long offset, int length) {
    return new LeaseException(
        ErrorCode.AIO_TIMEOUT,
        place.path()
            + ": "
            + operation
            + " of "
            + length
            + " bytes at "
            + offset
            + " did not complete in time");
  }
}
