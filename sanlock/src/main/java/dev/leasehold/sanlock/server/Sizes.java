// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.sanlock.wire.Flags;
import java.util.Optional;

/** Sector and align size in flags (docs/spec/wire.md 2, 4.16). */
final class Sizes {
  private static final int MIB = 1 << 20;

  private Sizes() {}

  /** The bits of a geometry. */
  static int bits(Geometry geometry) {
    int sector = geometry.sectorSize() == 512 ? Flags.SECTOR_512 : Flags.SECTOR_4K;
    return sector | Flags.ALIGN_1M * (geometry.alignSize() / MIB);
  }

  /** Flags with their size bits replaced. */
  static int replaced(int flags, Geometry geometry) {
    return (flags & ~Flags.SIZE_BITS) | bits(geometry);
  }

  /**
   * The sizes that flags ask for.
   *
   * @return empty if they leave it to the device
   * @throws LeaseException EPERM for one size without the other, or a pair that does not exist
   */
  static Optional<Geometry> wanted(int flags) throws LeaseException {
    if ((flags & Flags.SIZE_BITS) == 0) {
      return Optional.empty();
    }
    Optional<Geometry> geometry = Geometry.of(sector(flags), align(flags));
    if (geometry.isEmpty()) {
      throw new LeaseException(
          ErrorCode.EPERM,
          "there are no lease areas with sectors of "
              + sector(flags)
              + " bytes aligned to "
              + align(flags));
    }
    return geometry;
  }

  /** Whether the sizes that are given are those. */
  static boolean agree(int flags, Geometry geometry) {
    return (sector(flags) == 0 || sector(flags) == geometry.sectorSize())
        && (align(flags) == 0 || align(flags) == geometry.alignSize());
  }

  private static int sector(int flags) {
    if (Flags.has(flags, Flags.SECTOR_512)) {
      return 512;
    }
    return Flags.has(flags, Flags.SECTOR_4K) ? 4096 : 0;
  }

  private static int align(int flags) {
    return Integer.lowestOneBit(flags & Flags.ALIGN_BITS) / Flags.ALIGN_1M * MIB;
  }
}
