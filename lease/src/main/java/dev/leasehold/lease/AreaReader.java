// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.LateTransfer;
import dev.leasehold.storage.Outcome;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads the whole lockspace area, and gives a read that missed its deadline a second chance at the
 * next call ("read extension", docs/spec/algorithms.md 2.3).
 */
final class AreaReader {
  private final LeaseArea area;
  private final Duration timeout;
  private final Duration extension;
  private final Clock clock;
  private Optional<Late> late = Optional.empty();

  private record Late(Block block, LateTransfer transfer, long startedNanos) {}

  /**
   * A completed read.
   *
   * @param startedNanos bootNanos before it
   * @param endedNanos bootNanos after it
   */
  record AreaRead(Block block, long startedNanos, long endedNanos) implements AutoCloseable {
    MemorySegment bytes() {
      return block.bytes().asReadOnly();
    }

    void show(AreaObserver observer) {
      observer.observed(bytes(), startedNanos, endedNanos);
    }

    @Override
    public void close() {
      block.close();
    }
  }

  AreaReader(LeaseArea area, Duration timeout, Duration extension, Clock clock) {
    this.area = area;
    this.timeout = timeout;
    this.extension = extension;
    this.clock = clock;
  }

  /**
   * Reads, or takes the result of the late read of the call before.
   *
   * @param notAfter bootNanos; a late read that completes then or later is not used
   * @throws LeaseException I/O; after AIO_TIMEOUT the next call waits for this read first
   */
  AreaRead read(long notAfter) throws LeaseException {
    Optional<AreaRead> extended = awaitLate(notAfter);
    return extended.isPresent() ? extended.get() : readAnew();
  }

  private Optional<AreaRead> awaitLate(long notAfter) {
    if (late.isEmpty()) {
      return Optional.empty();
    }
    Late waiting = late.get();
    late = Optional.empty();
    boolean done = waiting.transfer().await(extension) instanceof Outcome.Done;
    long ended = clock.bootNanos();
    if (done && ended < notAfter) {
      return Optional.of(new AreaRead(waiting.block(), waiting.startedNanos(), ended));
    }
    // Either way the store takes the memory back when it is no longer in use.
    waiting.block().close();
    return Optional.empty();
  }

  private AreaRead readAnew() throws LeaseException {
    int length = area.geometry().alignSize();
    Block block = area.store().block(length);
    long started = clock.bootNanos();
    switch (area.store().read(area.offset(), block, timeout)) {
      case Outcome.Done done -> {
        return new AreaRead(block, started, clock.bootNanos());
      }
      case Outcome.Failed failed -> {
        block.close();
        throw area.failed(failed);
      }
      case Outcome.Unknown unknown -> {
        late = Optional.of(new Late(block, unknown.late(), started));
        throw area.timedOut("read", 0, length);
      }
    }
  }

  /** Forgets a late read; the store takes its memory back when it completes. */
  void abandon() {
    late.ifPresent(waiting -> waiting.block().close());
    late = Optional.empty();
  }
}
