// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireDisk;
import dev.leasehold.sanlock.wire.WireResource;
import java.util.List;

/**
 * A resource and where its lease is.
 *
 * @param places 1 to 4 copies; not needed where a resource is held already
 */
public record ResourceRef(Name lockspace, Name name, List<LeasePlace> places) {
  /** Copies the list. */
  public ResourceRef {
    places = List.copyOf(places);
  }

  /**
   * A resource with one copy.
   *
   * @throws IllegalArgumentException if a name is longer than 48 bytes
   */
  public static ResourceRef of(String lockspace, String name, LeasePlace place) {
    return new ResourceRef(Name.of(lockspace), Name.of(name), List.of(place));
  }

  /** A resource by its names alone. */
  public static ResourceRef named(String lockspace, String name) {
    return new ResourceRef(Name.of(lockspace), Name.of(name), List.of());
  }

  WireResource wire() {
    List<WireDisk> disks = places.stream().map(LeasePlace::wire).toList();
    return WireResource.of(lockspace, name, disks);
  }

  RequestBody body() {
    return new RequestBody.OfResource(wire());
  }

  RequestBody bodyWithoutDisks() {
    return new RequestBody.OfResource(wire().withoutDisks());
  }

  static ResourceRef of(WireResource resource) {
    return new ResourceRef(
        resource.lockspace(),
        resource.name(),
        resource.disks().stream().map(LeasePlace::of).toList());
  }
}
