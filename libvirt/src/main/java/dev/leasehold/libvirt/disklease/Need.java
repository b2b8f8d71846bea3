// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import java.util.Optional;

/**
 * One lease that a wanted thing needs.
 *
 * @param where the lease
 * @param mode how it is to be held at least
 * @param create how to make it if it is missing; empty: it must be there
 * @param disk the disk that it protects
 */
record Need(
    ResourceLocation where, HoldMode mode, Optional<CreatePolicy> create, Optional<String> disk) {

  ResourceId id() {
    return where.id();
  }

  /** As a request, in this mode. */
  LeaseRequest request(HoldMode as) {
    LeaseRequest request = LeaseRequest.of(where, as);
    if (create.isPresent()) {
      request = request.creating(create.get());
    }
    return disk.isPresent() ? request.forDisk(disk.get()) : request;
  }
}
