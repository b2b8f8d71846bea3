// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.verify;

import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Outcome;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** Sectors of one file, direct and synchronous, with every transfer timed. */
final class Files512 implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final BlockStore store;
  private final int sector;
  private final Latencies reads;
  private final Latencies writes;

  Files512(BlockStore store, Latencies reads, Latencies writes) {
    this.store = store;
    this.sector = store.ioUnit();
    this.reads = reads;
    this.writes = writes;
  }

  static Files512 open(Storage storage, String path, Latencies reads, Latencies writes)
      throws StorageException {
    return new Files512(storage.open(path, TIMEOUT), reads, writes);
  }

  int sectorSize() {
    return sector;
  }

  /** Writes a stamp to a sector. */
  void write(long index, Stamp stamp) throws Unsound {
    try (Block block = store.block(sector)) {
      stamp.write(block.bytes());
      long begin = System.nanoTime();
      done(store.write(index * sector, block, TIMEOUT), "write");
      writes.add(System.nanoTime() - begin);
    }
  }

  /** Reads a sector. */
  Stamp.Content read(long index) throws Unsound {
    return read(index, 1)[0];
  }

  /** Reads several in one transfer. */
  Stamp.Content[] read(long index, int count) throws Unsound {
    try (Block block = store.block(sector * count)) {
      long begin = System.nanoTime();
      done(store.read(index * sector, block, TIMEOUT), "read");
      reads.add(System.nanoTime() - begin);
      Stamp.Content[] found = new Stamp.Content[count];
      MemorySegment bytes = block.bytes();
      for (int i = 0; i < count; i++) {
        found[i] = Stamp.read(bytes.asSlice((long) i * sector, sector));
      }
      return found;
    }
  }

  private void done(Outcome outcome, String what) throws Unsound {
    switch (outcome) {
      case Outcome.Done _ -> {
        // As it should be.
      }
      case Outcome.Failed failed ->
          throw new Unsound(
              "io", "a " + what + " of " + store.path() + " failed, errno " + failed.errno());
      case Outcome.Unknown _ ->
          throw new Unsound(
              "io",
              "a "
                  + what
                  + " of "
                  + store.path()
                  + " took longer than "
                  + TIMEOUT.toSeconds()
                  + " s");
    }
  }

  @Override
  public void close() {
    store.close();
  }

  /** The storage did something that leases cannot live with. */
  static final class Unsound extends Exception {
    private static final long serialVersionUID = 1L;

    private final String check;
    private final String words;

    Unsound(String check, String words) {
      super(words);
      this.check = check;
      this.words = words;
    }

    /** Name of the check that failed. */
    String check() {
      return check;
    }

    String words() {
      return words;
    }
  }
}
