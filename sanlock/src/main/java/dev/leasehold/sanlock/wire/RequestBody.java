// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import java.util.List;

/** What follows the header of a request, by {@link BodyShape}. */
public sealed interface RequestBody {

  /** Nothing. */
  record None() implements RequestBody {
    /** The only value needed. */
    public static final None NONE = new None();
  }

  /** A lockspace. */
  record OfLockspace(WireLockspace lockspace) implements RequestBody {}

  /** A lockspace and a host event. */
  record OfEvent(WireLockspace lockspace, WireHostEvent event) implements RequestBody {}

  /** A resource, with disks where the shape has them. */
  record OfResource(WireResource resource) implements RequestBody {}

  /** Resources without disks. */
  record OfResources(List<WireResource> resources) implements RequestBody {
    /** Copies the list. */
    public OfResources {
      resources = List.copyOf(resources);
    }
  }

  /** Resources with disks, and options. */
  record Acquire(List<WireResource> resources, WireOptions options) implements RequestBody {
    /** Copies the list. */
    public Acquire {
      resources = List.copyOf(resources);
    }
  }

  /**
   * A program.
   *
   * @param path at most 127 bytes
   * @param arguments at most 127 bytes
   */
  record KillPath(Octets path, Octets arguments) implements RequestBody {
    /** Bytes of each field, the NUL included. */
    public static final int FIELD = 128;
  }

  /** A disk. */
  record OfDisk(WireDisk disk) implements RequestBody {}

  /** A resource without disks, and a lock value. */
  record Value(WireResource resource, Octets value) implements RequestBody {
    /** The longest value that is read at all. */
    public static final int MAX = 4096;
  }

  /** A resource index. */
  record OfIndex(WireIndex index) implements RequestBody {}

  /** A resource index and an entry. */
  record OfEntry(WireIndex index, WireEntry entry) implements RequestBody {}
}
