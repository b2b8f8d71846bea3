// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Outcome;
import dev.leasehold.storage.Publication;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Passes everything on and notes the transfers, in the words of cbench's {@code bare}. Thread-safe.
 */
final class RecordingStorage implements Storage {
  private final Storage real;
  private final List<String> steps = new CopyOnWriteArrayList<>();

  RecordingStorage(Storage real) {
    this.real = real;
  }

  /** What was done to the files whose path contains {@code part}, then forgotten. */
  List<String> take(String part) {
    List<String> taken =
        steps.stream()
            .filter(step -> step.contains(part))
            .map(step -> step.substring(0, step.indexOf(' ')))
            .toList();
    steps.clear();
    return taken;
  }

  @Override
  public BlockStore open(String path, Duration timeout) throws StorageException {
    steps.add("o " + path);
    return new Recorded(real.open(path, timeout));
  }

  @Override
  public BlockStore openReadOnly(String path, Duration timeout) throws StorageException {
    steps.add("o " + path);
    return new Recorded(real.openReadOnly(path, timeout));
  }

  @Override
  public Publication publish(String path, NewFile file, Duration timeout) {
    return real.publish(path, file, timeout);
  }

  private static BlockStore unwrapped(BlockStore store) {
    return store instanceof Recorded recorded ? recorded.store : store;
  }

  @Override
  public boolean unlink(String path, BlockStore expected, Duration timeout)
      throws StorageException {
    return real.unlink(path, unwrapped(expected), timeout);
  }

  @Override
  public boolean leadsTo(String path, BlockStore store, Duration timeout) throws StorageException {
    return real.leadsTo(path, unwrapped(store), timeout);
  }

  @Override
  public List<String> list(String directory, Duration timeout) throws StorageException {
    return real.list(directory, timeout);
  }

  private final class Recorded implements BlockStore {
    private final BlockStore store;

    Recorded(BlockStore store) {
      this.store = store;
    }

    @Override
    public String path() {
      return store.path();
    }

    @Override
    public int ioUnit() {
      return store.ioUnit();
    }

    @Override
    public boolean blockDevice() {
      return store.blockDevice();
    }

    @Override
    public Block block(int length) {
      return store.block(length);
    }

    @Override
    public Outcome read(long offset, Block into, Duration timeout) {
      steps.add("r" + offset + ":" + into.length() + " " + path());
      return store.read(offset, into, timeout);
    }

    @Override
    public Outcome write(long offset, Block from, Duration timeout) {
      steps.add("w" + offset + ":" + from.length() + " " + path());
      return store.write(offset, from, timeout);
    }

    @Override
    public int unsettledWrites() {
      return store.unsettledWrites();
    }

    @Override
    public boolean awaitWritesSettled(Duration timeout) {
      return store.awaitWritesSettled(timeout);
    }

    @Override
    public void close() {
      steps.add("c " + path());
      store.close();
    }
  }
}
