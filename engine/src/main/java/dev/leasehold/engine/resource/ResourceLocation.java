// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import java.util.List;

/**
 * A resource and where its lease lies.
 *
 * @param disks 1 to 4 copies (docs/spec/algorithms.md 3.10); other numbers are refused with ERANGE
 *     by every command
 */
public record ResourceLocation(ResourceId id, List<DiskLocation> disks) {
  /** Copies the list. */
  public ResourceLocation {
    disks = List.copyOf(disks);
  }

  /** A resource with one copy. */
  public static ResourceLocation of(ResourceId id, DiskLocation disk) {
    return new ResourceLocation(id, List.of(disk));
  }
}
