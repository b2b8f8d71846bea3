// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource.fake;

import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.LateTransfer;
import dev.leasehold.storage.Outcome;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An open fake file. */
final class FakeStore implements BlockStore {
  private final FakeStorage storage;
  private final String host;
  private final String path;
  private final FakeStorage.Inode inode;
  private final List<Transfer> lateWrites = new ArrayList<>();
  private boolean closed;

  FakeStore(FakeStorage storage, String host, String path, FakeStorage.Inode inode) {
    this.storage = storage;
    this.host = host;
    this.path = path;
    this.inode = inode;
  }

  FakeStorage.Inode inode() {
    return inode;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public int ioUnit() {
    return 512;
  }

  @Override
  public Block block(int length) {
    return new FakeBlock(length);
  }

  @Override
  public Outcome read(long offset, Block into, Duration timeout) {
    FakeBlock block = (FakeBlock) into;
    Fault fault = storage.call(host, Op.Kind.READ, path, offset, block.length());
    if (offset + block.length() > inode.bytes.length) {
      return new Outcome.Failed(Outcome.Failed.SHORT, "read at " + offset + " of " + path);
    }
    return transfer(
        fault,
        block,
        timeout,
        false,
        () ->
            MemorySegment.copy(
                inode.bytes,
                Math.toIntExact(offset),
                block.memory,
                ValueLayout.JAVA_BYTE,
                0,
                block.length()));
  }

  @Override
  public Outcome write(long offset, Block from, Duration timeout) {
    if (closed) {
      throw new AssertionError("write to a closed store of " + path);
    }
    FakeBlock block = (FakeBlock) from;
    byte[] data = block.memory.toArray(ValueLayout.JAVA_BYTE);
    Fault fault = storage.call(host, Op.Kind.WRITE, path, offset, data.length);
    if (offset + data.length > inode.bytes.length) {
      return new Outcome.Failed(Outcome.Failed.SHORT, "write at " + offset + " of " + path);
    }
    return transfer(
        fault,
        block,
        timeout,
        true,
        () -> System.arraycopy(data, 0, inode.bytes, Math.toIntExact(offset), data.length));
  }

  private Outcome transfer(
      Fault fault, FakeBlock block, Duration timeout, boolean write, Runnable effect) {
    switch (fault) {
      case Fault.Fail fail -> {
        return new Outcome.Failed(fail.errno(), "transfer on " + path);
      }
      case Fault.None _, Fault.Slow _ -> {
        effect.run();
        return Outcome.Done.DONE;
      }
      case Fault.Hang hang -> {
        block.inFlight = true;
        Transfer[] self = new Transfer[1];
        self[0] =
            storage.hang(
                () -> {
                  if (hang.lands()) {
                    effect.run();
                  }
                  block.inFlight = false;
                  lateWrites.remove(self[0]);
                });
        Transfer transfer = self[0];
        if (write) {
          lateWrites.add(transfer);
        }
        LateTransfer late = new Late(transfer, hang.lands());
        return late.await(timeout);
      }
    }
  }

  @Override
  public int unsettledWrites() {
    return lateWrites.size();
  }

  @Override
  public boolean awaitWritesSettled(Duration timeout) {
    long end = storage.time().bootNanos() + timeout.toNanos();
    while (!lateWrites.isEmpty()) {
      long left = end - storage.time().bootNanos();
      if (left <= 0) {
        return false;
      }
      lateWrites.getFirst().await(Duration.ofNanos(left));
    }
    return true;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      storage.closed();
    }
  }

  private static final class Late implements LateTransfer {
    private final Transfer transfer;
    private final boolean lands;

    Late(Transfer transfer, boolean lands) {
      this.transfer = transfer;
      this.lands = lands;
    }

    @Override
    public Outcome await(Duration longer) {
      if (!transfer.await(longer)) {
        return new Outcome.Unknown(this);
      }
      return lands ? Outcome.Done.DONE : new Outcome.Failed(5, "late transfer");
    }
  }

  /** Memory of its own, zeroed. */
  private static final class FakeBlock implements Block {
    private final MemorySegment memory;
    private boolean inFlight;

    FakeBlock(int length) {
      this.memory = MemorySegment.ofArray(new long[length / Long.BYTES]);
    }

    @Override
    public int length() {
      return (int) memory.byteSize();
    }

    @Override
    public MemorySegment bytes() {
      if (inFlight) {
        throw new IllegalStateException("a transfer is in flight");
      }
      return memory;
    }

    @Override
    public void close() {}
  }
}
