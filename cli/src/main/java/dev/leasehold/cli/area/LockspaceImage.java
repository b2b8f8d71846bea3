// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.area;

import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A lockspace as it was at one moment. */
public final class LockspaceImage {
  private static final Name NAME = Name.of(LeaseDirectory.LOCKSPACE);

  private final MemorySegment area;
  private final Geometry geometry;
  private final boolean lastIsFresh;

  /** Of an area that was read whole. */
  public LockspaceImage(MemorySegment area, Geometry geometry) {
    this.area = area;
    this.geometry = geometry;
    LeaderRecord last = LeaderRecord.decode(area, geometry.deltaOffset(geometry.maxHosts()));
    this.lastIsFresh = fault(last).isEmpty() && last.ownerId() == 0 && last.isFree();
  }

  /**
   * One host's record.
   *
   * @param fault what its checks say against it; then its values are not to be believed
   */
  public record Slot(long hostId, LeaderRecord record, Optional<String> fault) {
    /** Whether it is a sound record that nobody holds. */
    public boolean isFree() {
      return fault.isEmpty() && record.isFree();
    }

    /** Whether it is a sound record that somebody holds. */
    public boolean isHeld() {
      return fault.isEmpty() && !record.isFree();
    }

    /** Whether it ever belonged to a host. */
    public boolean wasUsed() {
      return record.ownerId() != 0 || record.timestamp() != 0;
    }
  }

  /** How many host ids there are. */
  public int maxHosts() {
    return geometry.maxHosts();
  }

  /** The record of a host id, 1 to {@link #maxHosts}. */
  public Slot slot(long hostId) {
    LeaderRecord record = LeaderRecord.decode(area, geometry.deltaOffset(hostId));
    return new Slot(hostId, record, fault(record));
  }

  private static Optional<String> fault(LeaderRecord record) {
    try {
      record.verifyDelta(NAME);
      return Optional.empty();
    } catch (LeaseException e) {
      return Optional.of(e.detail() + " (" + e.code() + ")");
    }
  }

  /** The records that were ever used or that are damaged, by rising host id. */
  public List<Slot> used() {
    List<Slot> used = new ArrayList<>();
    for (long id = nextNotFresh(1); id <= geometry.maxHosts(); id = nextNotFresh(id + 1)) {
      Slot slot = slot(id);
      if (slot.wasUsed() || slot.fault().isPresent()) {
        used.add(slot);
      }
    }
    return used;
  }

  /**
   * The first host id from this one on whose sector is not like the last one's, if that was never
   * used. Most were not, and all of those are alike: the area compared with itself, one sector
   * further on, passes over them in one step.
   */
  private long nextNotFresh(long hostId) {
    int size = geometry.sectorSize();
    long last = geometry.deltaOffset(geometry.maxHosts());
    if (!lastIsFresh || hostId >= geometry.maxHosts()) {
      return hostId;
    }
    long at = geometry.deltaOffset(hostId);
    if (MemorySegment.mismatch(area, at, at + size, area, last, last + size) >= 0) {
      return hostId;
    }
    long alike = MemorySegment.mismatch(area, at, last, area, at + size, last + size);
    return alike < 0 ? geometry.maxHosts() + 1L : hostId + alike / size + 1;
  }
}
