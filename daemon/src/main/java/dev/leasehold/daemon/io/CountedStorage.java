// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.io;

import dev.leasehold.daemon.io.IoCounts.Kind;
import dev.leasehold.daemon.io.IoCounts.Operation;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Outcome;
import dev.leasehold.storage.Publication;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.time.Duration;
import java.util.List;

/**
 * A storage whose transfers are counted as they are at their deadline; one that was late and landed
 * after all stays counted as unknown. Thread-safe as the storage behind it is.
 */
public final class CountedStorage implements Storage {
  private final Storage storage;
  private final IoCounts counts;

  /**
   * @param storage does it all
   */
  public CountedStorage(Storage storage, IoCounts counts) {
    this.storage = storage;
    this.counts = counts;
  }

  @Override
  public BlockStore open(String path, Duration timeout) throws StorageException {
    return new Store(storage.open(path, timeout), counts);
  }

  @Override
  public BlockStore openReadOnly(String path, Duration timeout) throws StorageException {
    return new Store(storage.openReadOnly(path, timeout), counts);
  }

  @Override
  public Publication publish(String path, NewFile file, Duration timeout) {
    Publication publication = storage.publish(path, file, timeout);
    return publication instanceof Publication.Created(BlockStore store)
        ? new Publication.Created(new Store(store, counts))
        : publication;
  }

  @Override
  public boolean unlink(String path, BlockStore expected, Duration timeout)
      throws StorageException {
    return storage.unlink(path, bare(expected), timeout);
  }

  @Override
  public boolean leadsTo(String path, BlockStore store, Duration timeout) throws StorageException {
    return storage.leadsTo(path, bare(store), timeout);
  }

  @Override
  public List<String> list(String directory, Duration timeout) throws StorageException {
    return storage.list(directory, timeout);
  }

  private static BlockStore bare(BlockStore store) {
    return store instanceof Store counted ? counted.bare() : store;
  }

  private record Store(BlockStore bare, IoCounts counts) implements BlockStore {
    @Override
    public String path() {
      return bare.path();
    }

    @Override
    public int ioUnit() {
      return bare.ioUnit();
    }

    @Override
    public boolean blockDevice() {
      return bare.blockDevice();
    }

    @Override
    public Block block(int length) {
      return bare.block(length);
    }

    @Override
    public Outcome read(long offset, Block into, Duration timeout) {
      return counted(Operation.READ, bare.read(offset, into, timeout));
    }

    @Override
    public Outcome write(long offset, Block from, Duration timeout) {
      return counted(Operation.WRITE, bare.write(offset, from, timeout));
    }

    private Outcome counted(Operation operation, Outcome outcome) {
      counts.add(bare.blockDevice() ? Kind.DEVICE : Kind.FILE, operation, outcome);
      return outcome;
    }

    @Override
    public int unsettledWrites() {
      return bare.unsettledWrites();
    }

    @Override
    public boolean awaitWritesSettled(Duration timeout) {
      return bare.awaitWritesSettled(timeout);
    }

    @Override
    public void close() {
      bare.close();
    }
  }
}
