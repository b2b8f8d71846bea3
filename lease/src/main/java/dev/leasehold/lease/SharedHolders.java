// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.HostBitmap;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.ModeBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The hosts that said they hold a lease shared, as somebody sees them who owns it exclusively
 * (docs/spec/algorithms.md 3.7): the living stand in the way, the dead do not.
 *
 * <p>Unlike sanlock, nobody overwrites a dead sharer's sector: its host id may be used again, and
 * such a write, landing after the lease of whoever sent it has run out, would wipe out what the new
 * user of the id has written: a shared mode, or an accepted value of a ballot (docs/bugs-found.md
 * 4). So what a dead sharer left stays until its host id acquires that lease again, and is judged
 * anew each time: two more reads.
 */
final class SharedHolders {
  private final DiskSet disks;
  private final LeaseEnvironment env;

  SharedHolders(DiskSet disks, LeaseEnvironment env) {
    this.disks = disks;
    this.env = env;
  }

  /**
   * Which of them may be alive.
   *
   * @param seen hosts whose mode block said SHARED; our own is not looked at
   * @return their host ids
   * @throws LeaseException I/O, or faults of a delta record: then it is not known who lives
   */
  List<Long> living(HostBitmap seen) throws LeaseException {
    List<Long> living = new ArrayList<>();
    for (long hostId : seen.hostIds().toArray()) {
      if (hostId != env.member().hostId()) {
        OptionalLong generation = sharedGeneration(hostId);
        if (generation.isPresent() && !isDead(hostId, generation.getAsLong())) {
          living.add(hostId);
        }
      }
    }
    return living;
  }

  /** The generation that holds it shared by now, if any; on several disks the latest. */
  private OptionalLong sharedGeneration(long hostId) throws LeaseException {
    return disks.readHostSectors(hostId).stream()
        .map(HostSector::mode)
        .filter(ModeBlock::blocksExclusive)
        .mapToLong(ModeBlock::generation)
        .max();
  }

  /**
   * Whether that generation of a host is gone. Sanlock decides from what it has cached; what is
   * cached may be as old as our own lease allows, and a late write may since have set the host's
   * record back to a generation that is now used once more (docs/bugs-found.md 1). So no death is
   * believed before the disk confirms it.
   */
  private boolean isDead(long hostId, long generation) throws LeaseException {
    Optional<HostSighting> cached = env.hosts().sighting(hostId);
    if (cached.isEmpty() || hostId > env.hosts().maxHosts()) {
      return false;
    }
    HostSighting seen = cached.get();
    int age = Long.compareUnsigned(seen.generation(), generation);
    boolean seenLeft = age > 0 || (age == 0 && seen.timestamp() == 0);
    long since = seen.lastLive().orElse(seen.firstCheck());
    long before = env.clock().bootNanos();
    boolean ended = age == 0 || seen.timestamp() == 0;
    boolean silent = ended && env.timing().isDead(since, before, seen.ioTimeout());
    return (seenLeft || silent || age < 0) && provenOnDisk(hostId, generation, seen, silent);
  }

  private boolean provenOnDisk(long hostId, long generation, HostSighting seen, boolean silent)
      throws LeaseException {
    LeaderRecord delta = env.hosts().readDelta(hostId);
    int age = Long.compareUnsigned(delta.ownerGeneration(), generation);
    // Set free by an older generation: a late write, of which that one may not know yet.
    boolean left = delta.isFree() ? age >= 0 : age > 0;
    boolean unchanged =
        delta.timestamp() == seen.timestamp()
            && delta.ownerGeneration() == seen.generation()
            && delta.ownerId() == seen.ownerId();
    return left || (silent && unchanged);
  }
}
