// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.disk;

import dev.leasehold.simulator.host.Seat;
import dev.leasehold.simulator.kernel.Scheduler;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.LateTransfer;
import dev.leasehold.storage.Outcome;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/** One open file of one simulated host. */
final class SimStore implements BlockStore {

  private final SimStorage storage;
  private final SimFile file;
  private final String path;
  private final boolean writable;
  private final Seat seat;
  private final Set<Transfer> lateWrites = new LinkedHashSet<>();
  private boolean closed;
  private long settledWaiters;

  SimStore(SimStorage storage, SimFile file, String path, boolean writable) {
    this.storage = storage;
    this.file = file;
    this.path = path;
    this.writable = writable;
    this.seat = storage.seat();
  }

  SimStorage storage() {
    return storage;
  }

  SimFile file() {
    return file;
  }

  int lane() {
    return seat.lane();
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public int ioUnit() {
    return file.unit();
  }

  @Override
  public Block block(int length) {
    seat.enter();
    if (length <= 0 || length % 512 != 0 || length > 8 << 20) {
      throw new IllegalArgumentException("block of " + length + " bytes");
    }
    return new SimBlock(storage.disk().pool, length);
  }

  @Override
  public Outcome read(long offset, Block into, Duration timeout) {
    return transfer(offset, into, timeout, false);
  }

  @Override
  public Outcome write(long offset, Block from, Duration timeout) {
    if (!writable) {
      throw new IllegalStateException(path + " is open for reading only");
    }
    return transfer(offset, from, timeout, true);
  }

  @Override
  public int unsettledWrites() {
    seat.enter();
    return lateWrites.size();
  }

  @Override
  public boolean awaitWritesSettled(Duration timeout) {
    seat.enter();
    long deadline = seat.deadline(timeout);
    Scheduler scheduler = seat.scheduler();
    while (!lateWrites.isEmpty()) {
      if (scheduler.now() >= deadline) {
        return false;
      }
      settledWaiters++;
      for (Transfer late : lateWrites) {
        late.waiter = scheduler.current();
        late.waitToken = scheduler.waitToken();
      }
      scheduler.waitUntil(deadline);
      settledWaiters--;
    }
    return true;
  }

  @Override
  public void close() {
    closed = true;
  }

  private Outcome transfer(long offset, Block block, Duration timeout, boolean write) {
    seat.enter();
    if (closed) {
      throw new IllegalStateException(path + " is closed");
    }
    String refusal = refusal(offset, block.length());
    Transfer transfer = null;
    SimBlock memory = (SimBlock) block;
    if (refusal.isEmpty()) {
      memory.takeOff();
      transfer =
          new Transfer(
              this,
              memory,
              write,
              Math.toIntExact(offset / file.unit()),
              block.length() / file.unit());
    } else {
      return new Outcome.Failed(Outcome.Failed.SHORT, refusal);
    }
    long nanos = timeout.toNanos();
    storage.disk().issue(transfer, storage.disk().faults.plan(lane(), nanos));
    return await(transfer, timeout);
  }

  private String refusal(long offset, int length) {
    if (offset % file.unit() != 0 || length % file.unit() != 0) {
      throw new IllegalArgumentException(length + " bytes at " + offset + " of " + path);
    }
    return offset + length > file.size() ? length + " bytes at " + offset + " past the end" : "";
  }

  private Outcome await(Transfer transfer, Duration timeout) {
    Scheduler scheduler = seat.scheduler();
    long deadline = seat.deadline(timeout);
    while (!transfer.completed && scheduler.now() < deadline) {
      transfer.waiter = scheduler.current();
      transfer.waitToken = scheduler.waitToken();
      scheduler.waitUntil(deadline);
    }
    if (transfer.completed) {
      transfer.waiter = null;
      lateWrites.remove(transfer);
      return transfer.errno == 0
          ? Outcome.Done.DONE
          : new Outcome.Failed(transfer.errno, transfer.words() + " of " + path);
    }
    transfer.abandoned = true;
    if (transfer.write) {
      lateWrites.add(transfer);
    }
    scheduler
        .trace()
        .line(
            scheduler.now(), lane(), 4000, () -> "gave up waiting: " + SectorWords.brief(transfer));
    return new Outcome.Unknown(new Late(this, transfer));
  }

  void completed(Transfer transfer) {
    lateWrites.remove(transfer);
  }

  /** Whether a task waits until nothing is in flight; for tests. */
  boolean awaited() {
    return settledWaiters > 0;
  }

  private record Late(SimStore store, Transfer transfer) implements LateTransfer {
    @Override
    public Outcome await(Duration longer) {
      store.seat.enter();
      return store.await(transfer, longer);
    }
  }
}
