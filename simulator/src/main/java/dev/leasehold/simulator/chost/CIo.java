// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.chost;

import dev.leasehold.simulator.disk.SimStorage;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Outcome;
import dev.leasehold.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/** One open file of the C daemon: a timed-out transfer is -202 and forgotten (0.4). */
final class CIo implements AutoCloseable {

  private final BlockStore store;

  private CIo(BlockStore store) {
    this.store = store;
  }

  static CIo open(SimStorage storage, String path, int seconds) throws CFault {
    try {
      return new CIo(storage.open(path, Duration.ofSeconds(seconds)));
    } catch (StorageException e) {
      throw new CFault(e.errno() == StorageException.TIMED_OUT ? CFault.TIMEOUT : -e.errno());
    }
  }

  int unit() {
    return store.ioUnit();
  }

  byte[] read(long offset, int length, int seconds) throws CFault {
    try (Block block = store.block(length)) {
      check(store.read(offset, block, Duration.ofSeconds(seconds)));
      return block.bytes().toArray(ValueLayout.JAVA_BYTE);
    }
  }

  void write(long offset, byte[] content, int seconds) throws CFault {
    try (Block block = store.block(content.length)) {
      MemorySegment.copy(content, 0, block.bytes(), ValueLayout.JAVA_BYTE, 0, content.length);
      check(store.write(offset, block, Duration.ofSeconds(seconds)));
    }
  }

  @Override
  public void close() {
    store.close();
  }

  private static void check(Outcome outcome) throws CFault {
    switch (outcome) {
      case Outcome.Done _ -> {}
      case Outcome.Failed failed -> throw new CFault(-failed.errno());
      case Outcome.Unknown _ -> throw new CFault(CFault.TIMEOUT);
    }
  }
}
