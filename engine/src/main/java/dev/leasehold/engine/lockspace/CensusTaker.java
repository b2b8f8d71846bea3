// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.lease.Clock;
import dev.leasehold.lease.HostCensus;
import dev.leasehold.lease.LeaseArea;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.Block;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks at a lockspace for the hosts that there are, when somebody asks and the last look is a
 * second old. The looks of the renewals are too far apart for that (see {@link HostCensus}).
 * Thread-safe; nobody waits for another's look.
 */
final class CensusTaker {
  private static final long LOOK_AGAIN_NANOS = 1_000_000_000L;

  private final LeaseArea area;
  private final Name lockspace;
  private final Timing timing;
  private final Clock clock;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile Optional<HostCensus> last = Optional.empty();

  CensusTaker(LeaseArea area, Name lockspace, Timing timing, Clock clock) {
    this.area = area;
    this.lockspace = lockspace;
    this.timing = timing;
    this.clock = clock;
  }

  /** One that is good for a moment; empty if none can be had now. */
  Optional<HostCensus> current() {
    if (isOld() && looking.compareAndSet(false, true)) {
      try {
        last = Optional.of(look());
      } catch (LeaseException e) {
        // Then every host counts; what is wrong with the storage, the renewals tell.
        last = Optional.empty();
      } finally {
        looking.set(false);
      }
    }
    long now = clock.bootNanos();
    return last.filter(census -> now < census.goodUntil());
  }

  private boolean isOld() {
    long taken = last.map(census -> census.goodUntil() - HostCensus.GOOD_NANOS).orElse(0L);
    return last.isEmpty() || clock.bootNanos() - taken >= LOOK_AGAIN_NANOS;
  }

  private HostCensus look() throws LeaseException {
    long started = clock.bootNanos();
    try (Block block = area.read(0, area.geometry().alignSize(), timing.io())) {
      return new HostCensus(highest(block.bytes()), started + HostCensus.GOOD_NANOS);
    }
  }

  private long highest(MemorySegment bytes) {
    Geometry geometry = area.geometry();
    long hostId = geometry.maxHosts();
    while (hostId > 0 && isNeverUsed(LeaderRecord.decode(bytes, geometry.deltaOffset(hostId)))) {
      hostId--;
    }
    return hostId;
  }

  /** As the lockspace was formatted; what cannot be trusted may be anybody's. */
  private boolean isNeverUsed(LeaderRecord record) {
    try {
      record.verifyDelta(lockspace);
    } catch (LeaseException e) {
      return false;
    }
    return record.ownerId() == 0 && record.ownerGeneration() == 0 && record.timestamp() == 0;
  }
}
