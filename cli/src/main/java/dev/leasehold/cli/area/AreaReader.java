// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.area;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Faults;
import dev.leasehold.cli.Printable;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Outcome;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Optional;

/** A lease file or device, open for reading. Not thread-safe. */
public final class AreaReader implements AutoCloseable {
  private final BlockStore store;
  private final Duration timeout;

  private AreaReader(BlockStore store, Duration timeout) {
    this.store = store;
    this.timeout = timeout;
  }

  /**
   * Opens it.
   *
   * @param timeout for the open and for each read
   * @throws Failure naming the file and what to do
   */
  public static AreaReader open(Storage storage, String path, Duration timeout) throws Failure {
    try {
      return new AreaReader(storage.openReadOnly(path, timeout), timeout);
    } catch (StorageException e) {
      throw Faults.of(e);
    }
  }

  /** The smallest transfer that the storage takes, in bytes. */
  public int ioUnit() {
    return store.ioUnit();
  }

  /**
   * Reads.
   *
   * @param offset bytes, a multiple of the sector size
   * @param length bytes, likewise
   * @return a copy, or empty if the file ends before
   * @throws Failure if the storage fails or does not answer
   */
  public Optional<MemorySegment> read(long offset, int length) throws Failure {
    try (Block block = store.block(length)) {
      Outcome outcome = store.read(offset, block, timeout);
      // Not a switch: the JVM makes a class for one at each start, and this is asked first of all.
      if (outcome instanceof Outcome.Done) {
        return Optional.of(MemorySegment.ofArray(block.bytes().toArray(ValueLayout.JAVA_BYTE)));
      }
      if (outcome instanceof Outcome.Failed failed) {
        if (failed.errno() == Outcome.Failed.SHORT) {
          return Optional.empty();
        }
        throw failure(failed);
      }
      throw new Failure(
          ExitCode.IO_ERROR,
          name()
              + ": the storage did not answer within "
              + timeout.toSeconds()
              + " s; look at the storage and the network path to it");
    }
  }

  private Failure failure(Outcome.Failed failed) {
    return new Failure(
        ExitCode.IO_ERROR,
        name()
            + ": "
            + failed.operation()
            + " failed: "
            + Faults.errno(failed.errno())
            + "; look at the kernel log and at the storage");
  }

  /** The path, safe to show. */
  public String name() {
    return Printable.line(store.path());
  }

  @Override
  public void close() {
    store.close();
  }
}
