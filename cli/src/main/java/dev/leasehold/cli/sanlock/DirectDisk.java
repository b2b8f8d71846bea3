// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.cli.HostPorts;
import dev.leasehold.lease.LeaseArea;
import dev.leasehold.lease.ValidityCheck;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Outcome;
import dev.leasehold.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** A file or device that a direct action works on. Not thread-safe. */
final class DirectDisk implements AutoCloseable {
  private static final int DEFAULT_TIMEOUT = 10;
  private static final int MAX_TIMEOUT = 0xFF;

  private final BlockStore store;
  private final Duration timeout;

  private DirectDisk(BlockStore store, Duration timeout) {
    this.store = store;
    this.timeout = timeout;
  }

  /**
   * Opens it for reading and writing.
   *
   * @throws LeaseException EPERM (-1) if there is no path, AIO_TIMEOUT, else the errno
   */
  static DirectDisk open(String path, Line line) throws LeaseException {
    return open(path, line, true);
  }

  /** Opens it for reading; throws as {@link #open(String, Line)}. */
  static DirectDisk openReadOnly(String path, Line line) throws LeaseException {
    return open(path, line, false);
  }

  private static DirectDisk open(String path, Line line, boolean writing) throws LeaseException {
    if (path.isEmpty()) {
      throw new LeaseException(ErrorCode.EPERM, "there is no path");
    }
    Duration timeout = Duration.ofSeconds(ioTimeout(line));
    try {
      BlockStore store =
          writing
              ? HostPorts.storage().open(path, timeout)
              : HostPorts.storage().openReadOnly(path, timeout);
      return new DirectDisk(store, timeout);
    } catch (StorageException e) {
      throw e.toLeaseException();
    }
  }

  /**
   * The seconds of {@code -o}; 10 for 0.
   *
   * @throws LeaseException EINVAL if a record has no room for it
   */
  static int ioTimeout(Line line) throws LeaseException {
    int seconds = line.number('o', 0);
    if (seconds < 0 || seconds > MAX_TIMEOUT) {
      throw new LeaseException(ErrorCode.EINVAL, "an io timeout is at most " + MAX_TIMEOUT + " s");
    }
    return seconds == 0 ? DEFAULT_TIMEOUT : seconds;
  }

  BlockStore store() {
    return store;
  }

  Duration timeout() {
    return timeout;
  }

  int ioUnit() {
    return store.ioUnit();
  }

  /** Bytes at an offset, or empty if they cannot be read. */
  Optional<MemorySegment> bytes(long offset, int length) {
    try (Block block = store.block(length)) {
      return store.read(offset, block, timeout) instanceof Outcome.Done
          ? Optional.of(MemorySegment.ofArray(block.bytes().toArray(ValueLayout.JAVA_BYTE)))
          : Optional.empty();
    }
  }

  /** What stands where a leader record may be, or empty if it cannot be read. */
  Optional<LeaderRecord> leaderAt(long offset) {
    return bytes(offset, ioUnit()).map(bytes -> LeaderRecord.decode(bytes, 0));
  }

  /**
   * The record at an offset.
   *
   * @throws LeaseException the errno
   */
  LeaderRecord leader(long offset) throws LeaseException {
    LeaseArea area = new LeaseArea(store, offset, Geometry.SECTOR_512);
    try (Block block = area.read(0, ioUnit(), timeout)) {
      return LeaderRecord.decode(block.bytes(), 0);
    }
  }

  /**
   * Writes one sector.
   *
   * @param geometry has its size
   * @throws LeaseException the errno, or AIO_TIMEOUT
   */
  void writeSector(long offset, Geometry geometry, Consumer<MemorySegment> content)
      throws LeaseException {
    new LeaseArea(store, offset, geometry)
        .writeSector(0, content, timeout, timeout, ValidityCheck.NONE);
  }

  /** The smallest area with sectors of that size, empty if there are none such. */
  static Optional<Geometry> ofSectors(int sectorSize) {
    return Geometry.of(sectorSize, Geometry.SECTOR_512.alignSize());
  }

  @Override
  public void close() {
    store.close();
  }
}
