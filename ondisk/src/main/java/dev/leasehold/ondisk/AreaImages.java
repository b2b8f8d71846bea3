// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Images of freshly initialised areas (docs/spec/ondisk.md 5.2, 6.6 and 7.4). */
public final class AreaImages {
  private AreaImages() {}

  /**
   * A lockspace in which no host id was ever used. It is written in two steps, so that an
   * interrupted initialisation is no lockspace: first {@link #lockspaceFirstStep} over the whole
   * area, then the first sector of this one.
   *
   * @param ioTimeout seconds; see {@link LeaderRecord#freshDelta}
   */
  public static AreaImage lockspace(Name space, Geometry geometry, int ioTimeout) {
    LeaderRecord slot = LeaderRecord.freshDelta(space, geometry, ioTimeout);
    return new AreaImage(
        geometry, List.of(new AreaImage.Extent(0, geometry.maxHosts(), sector(geometry, slot))));
  }

  /** A lockspace as it is in the first step: the record in sector 0 has magic 0. */
  public static AreaImage lockspaceFirstStep(Name space, Geometry geometry, int ioTimeout) {
    LeaderRecord slot = LeaderRecord.freshDelta(space, geometry, ioTimeout);
    LeaderRecord uncommitted = slot.toBuilder().magic(0).build();
    return new AreaImage(
        geometry,
        List.of(
            new AreaImage.Extent(0, 1, sector(geometry, uncommitted)),
            new AreaImage.Extent(1, geometry.maxHosts() - 1, sector(geometry, slot))));
  }

  /**
   * A resource that was never acquired.
   *
   * @param numHosts unsigned; see {@link LeaderRecord#freshPaxos}
   */
  public static AreaImage resource(Name space, Name resource, Geometry geometry, long numHosts) {
    return head(geometry, LeaderRecord.freshPaxos(space, resource, geometry, numHosts));
  }

  /** A resource that was taken away; {@code now} is CLOCK_MONOTONIC seconds of the writer. */
  public static AreaImage clearedResource(
      Name space, Name resource, Geometry geometry, long numHosts, long now) {
    return head(
        geometry, LeaderRecord.freshPaxos(space, resource, geometry, numHosts).cleared(now));
  }

  /**
   * A resource that is held by its creator from the start: byte for byte what the first exclusive
   * acquire of a fresh resource leaves behind. For a file that nobody else can have open yet.
   *
   * @param now CLOCK_MONOTONIC seconds of the creator, not 0
   * @throws IllegalArgumentException if the resource is not for a host of that id, or now is 0
   */
  public static AreaImage heldResource(
      Name space,
      Name resource,
      Geometry geometry,
      long numHosts,
      long hostId,
      long generation,
      long now) {
    LeaderRecord fresh = LeaderRecord.freshPaxos(space, resource, geometry, numHosts);
    if (hostId < 1 || hostId > fresh.numHosts()) {
      throw new IllegalArgumentException(
          "host id " + hostId + " is not in 1 to " + fresh.numHosts());
    }
    long lver = fresh.lver() + 1;
    LeaderRecord leader =
        fresh.paxosOwned(
            lver, hostId, generation, now, hostId, generation, now, /* shortHold= */ false, 0);
    // The lowest ballot number of a host is its id (6.6).
    Dblock dblock = Dblock.phase1(hostId, lver).phase2(hostId, generation, now);
    HostSector own = new HostSector(dblock, ModeBlock.NONE);
    List<AreaImage.Extent> extents = new ArrayList<>(head(geometry, leader).extents());
    extents.add(
        new AreaImage.Extent(
            (int) (geometry.hostSectorOffset(hostId) / geometry.sectorSize()),
            1,
            sector(geometry, bytes -> own.encode(bytes, 0, geometry.sectorSize()))));
    return new AreaImage(geometry, extents);
  }

  /**
   * A resource index without entries. Its private lease, in the area that follows, is {@link
   * #resource} of the name {@link ResourceIndex#LEASE_NAME} for all hosts.
   *
   * @throws LeaseException EINVAL if the header has no valid sizes
   */
  public static AreaImage resourceIndex(RindexHeader header) throws LeaseException {
    Geometry geometry = header.geometry();
    return new AreaImage(
        geometry,
        List.of(new AreaImage.Extent(0, 1, sector(geometry, bytes -> header.encode(bytes, 0)))));
  }

  private static AreaImage head(Geometry geometry, LeaderRecord leader) {
    RequestRecord request = RequestRecord.fresh();
    return new AreaImage(
        geometry,
        List.of(
            new AreaImage.Extent(0, 1, sector(geometry, leader)),
            new AreaImage.Extent(1, 1, sector(geometry, bytes -> request.encode(bytes, 0)))));
  }

  private static MemorySegment sector(Geometry geometry, LeaderRecord leader) {
    return sector(geometry, bytes -> leader.encode(bytes, 0));
  }

  private static MemorySegment sector(Geometry geometry, Consumer<MemorySegment> encoder) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[geometry.sectorSize()]);
    encoder.accept(bytes);
    return bytes;
  }
}
