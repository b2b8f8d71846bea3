// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.fake;

import dev.leasehold.lease.HostCensus;
import dev.leasehold.lease.HostSighting;
import dev.leasehold.lease.HostViews;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The other hosts, as a test wants them: alive, silent, gone, never seen. */
public final class FakeHosts implements HostViews {
  private static final Name SPACE = Name.of("LS0");

  private final World world;
  private final Map<Long, HostSighting> sightings = new TreeMap<>();
  private final Map<Long, LeaderRecord> records = new TreeMap<>();
  private final Set<Long> alive = new TreeSet<>();
  private Optional<LeaseException> fault = Optional.empty();
  private Runnable beforeRead = () -> {};
  private int reads;
  private Optional<HostCensus> census = Optional.empty();

  /** No host was ever seen or joined. */
  public FakeHosts(World world) {
    this.world = world;
  }

  /** A host renews: its record has just changed, now and at every look. */
  public void alive(long hostId, long generation) {
    record(hostId, generation, 1000 + hostId, 10);
    alive.add(hostId);
  }

  /** Sets what is on the disk. */
  public void record(long hostId, long generation, long timestamp, int ioTimeout) {
    records.put(
        hostId,
        LeaderRecord.freshDelta(SPACE, Geometry.SECTOR_512, 10).toBuilder()
            .ownerId(timestamp == 0 && generation == 0 ? 0 : hostId)
            .ownerGeneration(generation)
            .timestamp(timestamp)
            .ioTimeout(ioTimeout)
            .resourceName(Name.of("host-" + hostId))
            .build());
  }

  /** Sets what is on the disk. */
  public void record(long hostId, LeaderRecord record) {
    records.put(hostId, record);
  }

  /** Takes over what is on the disk into the cache: seen now, its last sign of life so long ago. */
  public void look(long hostId, long secondsSinceSign) {
    alive.remove(hostId);
    LeaderRecord record = record(hostId);
    long live = world.now() - secondsSinceSign * 1_000_000_000L;
    long first =
        Optional.ofNullable(sightings.get(hostId)).map(HostSighting::firstCheck).orElse(live);
    sighting(seen(hostId, record, first, live));
  }

  private HostSighting seen(long hostId, LeaderRecord record, long first, long live) {
    return new HostSighting(
        hostId,
        record.ownerId(),
        record.ownerGeneration(),
        record.resourceName(),
        record.timestamp(),
        record.ioTimeout(),
        first,
        world.now(),
        OptionalLong.of(live));
  }

  /** Sets what is cached. */
  public void sighting(HostSighting sighting) {
    alive.remove(sighting.hostId());
    sightings.put(sighting.hostId(), sighting);
  }

  /** Nothing is cached of a host. */
  public void unseen(long hostId) {
    alive.remove(hostId);
    sightings.remove(hostId);
  }

  /** Every read of a delta record fails with this from now on. */
  public void failing(LeaseException with) {
    fault = Optional.of(with);
  }

  /** Something to happen while a delta record is read. */
  public void beforeRead(Runnable action) {
    beforeRead = action;
  }

  /** What a look at the lockspace shows. */
  public void census(HostCensus shown) {
    census = Optional.of(shown);
  }

  @Override
  public Optional<HostCensus> census() {
    return census;
  }

  /** How often a delta record was read. */
  public int reads() {
    return reads;
  }

  private LeaderRecord record(long hostId) {
    return records.getOrDefault(hostId, LeaderRecord.freshDelta(SPACE, Geometry.SECTOR_512, 10));
  }

  @Override
  public int maxHosts() {
    return 2000;
  }

  @Override
  public Optional<HostSighting> sighting(long hostId) {
    return alive.contains(hostId)
        ? Optional.of(seen(hostId, record(hostId), world.now(), world.now()))
        : Optional.ofNullable(sightings.get(hostId));
  }

  @Override
  public LeaderRecord readDelta(long hostId) throws LeaseException {
    reads++;
    world.turn();
    beforeRead.run();
    if (fault.isPresent()) {
      throw fault.get();
    }
    if (hostId < 1 || hostId > maxHosts()) {
      throw new LeaseException(ErrorCode.EINVAL, "no such host " + hostId);
    }
    return record(hostId);
  }
}
