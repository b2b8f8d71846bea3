// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.linux.ffi.Descriptor;
import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.ffi.StatResult;
import dev.leasehold.linux.ffi.Statx.Freshness;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Outcome;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * A file or block device open for direct, synchronous transfers. Thread-safe.
 *
 * <p>At most {@link #SLOTS} transfers are in flight at once. One that finds no slot within its
 * timeout is {@code Failed} with EAGAIN: it was never issued, so nothing of it can land later, as
 * {@code Unknown} would say.
 */
final class LinuxBlockStore implements BlockStore {

  /** Bounds the threads and the memory that a store keeps busy when its storage hangs. */
  static final int SLOTS = 64;

  private final String path;
  private final int ioUnit;
  private final boolean blockDevice;
  private final Descriptor file;
  private final IoContext io;
  private final Semaphore slots = new Semaphore(SLOTS);
  private final WritesInFlight writes = new WritesInFlight();

  /**
   * @param file open, owned by this store from now on
   */
  LinuxBlockStore(String path, int ioUnit, boolean blockDevice, Descriptor file, IoContext io) {
    this.path = path;
    this.ioUnit = ioUnit;
    this.blockDevice = blockDevice;
    this.file = file;
    this.io = io;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public int ioUnit() {
    return ioUnit;
  }

  @Override
  public boolean blockDevice() {
    return blockDevice;
  }

  @Override
  public Block block(int length) {
    return io.pool().lend(length);
  }

  @Override
  public Outcome read(long offset, Block into, Duration timeout) {
    return transfer(Transfer.Direction.READ, offset, into, Deadline.in(timeout));
  }

  @Override
  public Outcome write(long offset, Block from, Duration timeout) {
    return transfer(Transfer.Direction.WRITE, offset, from, Deadline.in(timeout));
  }

  private Outcome transfer(
      Transfer.Direction direction, long offset, Block block, Deadline deadline) {
    Transfer transfer = new Transfer(this, direction, offset, own(block));
    if (offset < 0 || offset % ioUnit != 0 || block.length() % ioUnit != 0) {
      return refuse(transfer, Errno.EINVAL, "not a multiple of the sector size, " + ioUnit);
    }
    if (!deadline.acquire(slots)) {
      return refuse(
          transfer, Errno.EAGAIN, "not issued: " + SLOTS + " earlier ones are still in flight");
    }
    if (!file.acquire()) {
      slots.release();
      return refuse(transfer, Errno.EBADF, "not issued: the file was closed");
    }
    if (!io.threads().start(transfer)) {
      file.release();
      slots.release();
      return refuse(transfer, Errno.EAGAIN, "not issued: the system gives no further thread");
    }
    return transfer.await(deadline);
  }

  private PooledBlock own(Block block) {
    if (block instanceof PooledBlock pooled && pooled.isOf(io.pool())) {
      return pooled;
    }
    throw new IllegalArgumentException("a block of another store was given to " + path);
  }

  private static Outcome refuse(Transfer transfer, int errno, String why) {
    transfer.settle();
    return new Outcome.Failed(errno, transfer.operation() + ", " + why);
  }

  @Override
  public int unsettledWrites() {
    return writes.late();
  }

  @Override
  public boolean awaitWritesSettled(Duration timeout) {
    return writes.awaitNone(Deadline.in(timeout));
  }

  @Override
  public void close() {
    file.close();
  }

  /** Of the open file; may hang. */
  StatResult status(Freshness freshness) {
    if (!file.acquire()) {
      return new StatResult.Failed(Errno.EBADF);
    }
    try {
      return io.calls().status(file.number(), freshness);
    } finally {
      file.release();
    }
  }

  // What a transfer needs of its store.

  WritesInFlight.Ticket ticket(Transfer.Direction direction) {
    return switch (direction) {
      case READ -> WritesInFlight.Ticket.UNCOUNTED;
      case WRITE -> writes.begin();
    };
  }

  long call(Transfer.Direction direction, MemorySegment memory, long offset) {
    return switch (direction) {
      case READ -> io.calls().pread(file.number(), memory, offset);
      case WRITE -> io.calls().pwrite(file.number(), memory, offset);
    };
  }

  void releaseSlot() {
    slots.release();
  }

  void releaseFile() {
    file.release();
  }
}
