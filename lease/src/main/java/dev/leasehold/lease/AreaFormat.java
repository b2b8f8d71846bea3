// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.AreaImage;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;

/**
 * Initialises areas (docs/spec/algorithms.md 2.5 and 3.4, docs/spec/ondisk.md 5.2 and 6.6).
 * Whatever was there is overwritten without a look: that nobody uses it is the caller's to know.
 */
public final class AreaFormat {
  private AreaFormat() {}

  /**
   * Writes a lockspace in which no host id was ever used. Two writes, so that an interrupted
   * initialisation is no lockspace.
   *
   * @param ioTimeout seconds, recorded for the first join of each host id
   * @param timeout deadline of each write (60 s by default, whatever N is)
   * @throws LeaseException I/O
   */
  public static void lockspace(LeaseArea area, Name name, int ioTimeout, Duration timeout)
      throws LeaseException {
    Geometry geometry = area.geometry();
    write(area, AreaImages.lockspaceFirstStep(name, geometry, ioTimeout), timeout);
    MemorySegment first =
        AreaImages.lockspace(name, geometry, ioTimeout).extents().getFirst().content();
    area.writeSector(0, sector -> sector.copyFrom(first), timeout, timeout, ValidityCheck.NONE);
  }

  /**
   * Writes a resource that was never acquired, on each disk.
   *
   * @param numHosts 0 for as many as the area holds
   * @param timeout deadline of each write
   * @throws LeaseException I/O; the first disk that fails ends it
   */
  public static void resource(
      List<LeaseDisk> disks,
      Name lockspace,
      Name resource,
      Geometry geometry,
      long numHosts,
      Duration timeout)
      throws LeaseException {
    for (LeaseDisk disk : disks) {
      LeaseArea area = new LeaseArea(disk.store(), disk.offset(), geometry);
      write(area, AreaImages.resource(lockspace, resource, geometry, numHosts), timeout);
    }
  }

  /**
   * Takes a resource away: writes the cleared marker, on each disk.
   *
   * @param now CLOCK_MONOTONIC seconds
   * @throws LeaseException I/O; the first disk that fails ends it
   */
  public static void clear(
      List<LeaseDisk> disks,
      Name lockspace,
      Name resource,
      Geometry geometry,
      long numHosts,
      long now,
      Duration timeout)
      throws LeaseException {
    for (LeaseDisk disk : disks) {
      LeaseArea area = new LeaseArea(disk.store(), disk.offset(), geometry);
      write(
          area, AreaImages.clearedResource(lockspace, resource, geometry, numHosts, now), timeout);
    }
  }

  private static void write(LeaseArea area, AreaImage image, Duration timeout)
      throws LeaseException {
    area.write(
        0,
        area.geometry().alignSize(),
        bytes -> image.writeTo(bytes, 0),
        timeout,
        timeout,
        ValidityCheck.NONE);
  }
}
