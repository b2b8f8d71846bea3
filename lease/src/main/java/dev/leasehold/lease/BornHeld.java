// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.AreaImage;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.ModeBlock;
import dev.leasehold.ondisk.Name;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A lease that is held by its creator from the moment its file appears (docs/design.md, "Cheap
 * leases"): what an acquisition of a fresh lease would have left on the disk, without a ballot,
 * because nobody else can have the file open before it has its name.
 *
 * @param pieces content by byte offset from the start of the area; everything else is zero
 * @param hold what is held once the file has its name
 */
public record BornHeld(SortedMap<Long, byte[]> pieces, PaxosHold hold) {

  /**
   * Makes the content.
   *
   * @param mode exclusive or shared
   * @param numHosts how many hosts the lease is for; 0 for as many as the area holds
   * @param member we; our host id is not above {@code numHosts}
   * @param now CLOCK_MONOTONIC seconds, not 0
   * @throws IllegalArgumentException if the host id is above {@code numHosts}, or now is 0
   */
  public static BornHeld of(
      HoldMode mode,
      Name lockspace,
      Name resource,
      Geometry geometry,
      long numHosts,
      Member member,
      long now) {
    AreaImage image =
        AreaImages.heldResource(
            lockspace, resource, geometry, numHosts, member.hostId(), member.generation(), now);
    SortedMap<Long, byte[]> pieces = image.pieces();
    long own = geometry.hostSectorOffset(member.hostId());
    LeaderRecord leader = LeaderRecord.decode(segment(pieces, 0), 0);
    Dblock dblock = Dblock.decode(segment(pieces, own), 0);
    if (mode == HoldMode.SHARED) {
      leader = leader.paxosReleased(member.hostId(), member.generation(), now, Optional.empty());
      dblock = dblock.released();
      leader.encodeSector(segment(pieces, 0), 0, geometry.sectorSize());
      new HostSector(dblock, ModeBlock.shared(member.generation()))
          .encode(segment(pieces, own), 0, geometry.sectorSize());
    }
    return new BornHeld(pieces, new PaxosHold(mode, leader, dblock, geometry, dblock.mbal()));
  }

  private static MemorySegment segment(SortedMap<Long, byte[]> pieces, long offset) {
    return MemorySegment.ofArray(Objects.requireNonNull(pieces.get(offset)));
  }
}
