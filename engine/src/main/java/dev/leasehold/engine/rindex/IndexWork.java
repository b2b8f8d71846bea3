// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.rindex;

import dev.leasehold.engine.EngineConfig;
import dev.leasehold.lease.Clock;
import dev.leasehold.ondisk.AreaImage;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.ondisk.ResourceIndex;
import dev.leasehold.ondisk.RindexEntry;
import dev.leasehold.ondisk.RindexHeader;
import dev.leasehold.storage.Outcome;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** What the operations read and write (docs/spec/ondisk.md 7.4). */
record IndexWork(EngineConfig config, Clock clock) {

  private Duration formatTimeout() {
    return Duration.ofSeconds(config.formatIoTimeout());
  }

  void format(IndexFile file, Geometry geometry, int maxResources) throws LeaseException {
    IndexPlace place = file.place();
    if (place.lockspace().length() == Name.SIZE) {
      throw new LeaseException(
          ErrorCode.EINVAL, "the lockspace of an index has a name of at most 47 bytes");
    }
    // More than there can be is cut to the limit, and so are what C takes for negative numbers.
    int wanted = maxResources < 0 ? Integer.MAX_VALUE : maxResources;
    RindexHeader header = RindexHeader.fresh(place.lockspace(), geometry, wanted, place.offset());
    file.write(place.offset(), bytes(AreaImages.resourceIndex(header)), formatTimeout());
    AreaImage lease = AreaImages.resource(place.lockspace(), ResourceIndex.LEASE_NAME, geometry, 0);
    file.write(place.offset() + geometry.alignSize(), bytes(lease), formatTimeout());
  }

  long create(IndexFile file, Name resource, long numHosts) throws LeaseException {
    IndexFile.Loaded loaded = file.load();
    ResourceIndex index = loaded.index();
    int entry = free(index);
    long offset = index.resourceOffset(entry);
    AreaImage area =
        AreaImages.resource(file.place().lockspace(), resource, index.geometry(), numHosts);
    // The lease is there before the index leads to it.
    file.write(offset, bytes(area), formatTimeout());
    index.put(entry, RindexEntry.of(offset, resource));
    file.writeEntry(loaded, entry);
    return offset;
  }

  void delete(IndexFile file, Name resource) throws LeaseException {
    IndexFile.Loaded loaded = file.load();
    ResourceIndex index = loaded.index();
    int entry = index.find(resource).orElseThrow(() -> notFound(resource));
    index.put(entry, RindexEntry.FREE);
    file.writeEntry(loaded, entry);
    AreaImage cleared =
        AreaImages.clearedResource(
            file.place().lockspace(), resource, index.geometry(), 0, clock.monotonicSeconds());
    file.write(index.resourceOffset(entry), bytes(cleared), formatTimeout());
  }

  static IndexEntry find(ResourceIndex index, Name resource) throws LeaseException {
    int entry = index.find(resource).orElseThrow(() -> notFound(resource));
    return new IndexEntry(index.entry(entry).name(), index.resourceOffset(entry));
  }

  static IndexEntry at(ResourceIndex index, long offset) throws LeaseException {
    return new IndexEntry(index.entry(entryAt(index, offset)).name(), offset);
  }

  static IndexEntry firstFree(ResourceIndex index) throws LeaseException {
    return new IndexEntry(Name.EMPTY, index.resourceOffset(free(index)));
  }

  static void put(IndexFile file, IndexEntry wanted) throws LeaseException {
    IndexFile.Loaded loaded = file.load();
    int entry = entryAt(loaded.index(), wanted.offset());
    RindexEntry value =
        wanted.name().isEmpty() ? RindexEntry.FREE : RindexEntry.of(wanted.offset(), wanted.name());
    loaded.index().put(entry, value);
    file.writeEntry(loaded, entry);
  }

  static void rebuild(IndexFile file) throws LeaseException {
    IndexFile.Loaded loaded = file.load();
    ResourceIndex index = loaded.index();
    index.clear();
    Optional<LeaderRecord> leader = leaderAt(file, index, 0);
    for (int entry = 0; leader.isPresent(); ) {
      if (leader.get().magic() == LeaderRecord.PAXOS_MAGIC) {
        index.put(entry, RindexEntry.of(index.resourceOffset(entry), leader.get().resourceName()));
      }
      entry++;
      leader = entry < index.capacity() ? leaderAt(file, index, entry) : Optional.empty();
    }
    file.write(file.place().offset(), loaded.area(), file.timeout());
  }

  /** What is where a lease may be, or empty at the end of the device. */
  private static Optional<LeaderRecord> leaderAt(IndexFile file, ResourceIndex index, int entry)
      throws LeaseException {
    try {
      byte[] sector =
          file.read(index.resourceOffset(entry), index.geometry().sectorSize(), file.timeout());
      return Optional.of(LeaderRecord.decode(MemorySegment.ofArray(sector), 0));
    } catch (LeaseException e) {
      if (e.code().number() == -Outcome.Failed.SHORT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static int entryAt(ResourceIndex index, long offset) throws LeaseException {
    try {
      return index.entryAt(offset);
    } catch (LeaseException e) {
      // Sanlock goes outside of the index then; for clients it is one kind of mistake.
      throw new LeaseException(ErrorCode.RINDEX_OFFSET, e.detail(), e);
    }
  }

  private static int free(ResourceIndex index) throws LeaseException {
    OptionalInt free = index.lowestFree();
    return free.orElseThrow(
        () ->
            new LeaseException(
                ErrorCode.ENOENT, "all " + index.capacity() + " entries of the index are taken"));
  }

  private static LeaseException notFound(Name resource) {
    return new LeaseException(ErrorCode.ENOENT, "the index has no resource " + resource);
  }

  private static MemorySegment bytes(AreaImage image) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[image.geometry().alignSize()]);
    image.writeTo(bytes, 0);
    return bytes;
  }
}
